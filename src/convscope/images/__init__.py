"""Pictures as arrays: read, checked, resized, arranged and saved, with NumPy and Pillow only."""

from convscope.images.arrangement import channel_strip as channel_strip
from convscope.images.arrangement import checkered as checkered
from convscope.images.arrangement import sheet as sheet
from convscope.images.arrays import BACKGROUND as BACKGROUND
from convscope.images.arrays import Picture as Picture
from convscope.images.arrays import composite as composite
from convscope.images.arrays import from_bytes as from_bytes
from convscope.images.arrays import rms_contrast as rms_contrast
from convscope.images.arrays import to_bytes as to_bytes
from convscope.images.encoding import ENCODERS as ENCODERS
from convscope.images.encoding import NO_INFO as NO_INFO
from convscope.images.encoding import Info as Info
from convscope.images.encoding import encode_jpeg as encode_jpeg
from convscope.images.encoding import encode_png as encode_png
from convscope.images.encoding import encode_webp as encode_webp
from convscope.images.encoding import save as save
from convscope.images.photo import Photo as Photo
from convscope.images.reading import PhotoLike as PhotoLike
from convscope.images.reading import decode as decode
from convscope.images.reading import load as load
from convscope.images.reading import read as read
from convscope.images.reading import read_info as read_info
from convscope.images.reading import validate as validate
from convscope.images.sizes import fit as fit
from convscope.images.sizes import parse_size as parse_size
from convscope.images.sizes import resize as resize
