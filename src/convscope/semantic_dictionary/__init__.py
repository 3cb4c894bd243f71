"""What every layer says at one place of a photo, in pictures of its channels."""
