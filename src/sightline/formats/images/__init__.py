"""Still images of any format and number of channels."""
