"""Signs of change in forces' figures: recorded once, ended when figures no longer show it, decided by people."""
