"""The SMTP listener that receives bounces and replies to the return paths."""
