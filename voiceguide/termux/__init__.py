"""What Termux:API, Android's door for programs in Termux, lets us do."""
