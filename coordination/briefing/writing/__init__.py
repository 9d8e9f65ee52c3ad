"""What a briefing is written as. Both files are made from one `Paper`, and the same paper gives the same bytes."""
