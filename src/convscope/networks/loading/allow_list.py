"""The allow list: the parts of Keras that a model file may name, which only compute.

Everything else is refused before anything is built. A layer of a future version of Keras is refused
until it has been reviewed. ``REFUSED`` gives the reasons for the layers that exist today.
"""

from typing import Final

Names = frozenset[str]


def _names(text: str) -> Names:
    return frozenset(text.split())


# A Lambda is harmless where its function is: one of ``ACTIVATIONS``, by name.
LAYERS: Final = _names("""
    Activation ActivityRegularization AdaptiveAveragePooling1D AdaptiveAveragePooling2D
    AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add
    AdditiveAttention AlphaDropout Attention AugMix AutoContrast Average AveragePooling1D
    AveragePooling2D AveragePooling3D BatchNormalization Bidirectional CategoryEncoding CenterCrop
    Concatenate ContrastLimitedAdaptiveHistogramEqualization Conv1D Conv1DTranspose Conv2D
    Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Cropping1D Cropping2D
    Cropping3D CutMix Dense DepthwiseConv1D DepthwiseConv2D Discretization Dot Dropout ELU
    EinsumDense Embedding Equalization Flatten GRU GRUCell GaussianDropout GaussianNoise
    GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D
    GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization GroupQueryAttention
    GroupedQueryAttention HashedCrossing Hashing Identity InputLayer LSTM LSTMCell Lambda
    LayerNormalization LeakyReLU Masking MaxNumBoundingBoxes MaxPooling1D MaxPooling2D MaxPooling3D
    Maximum MelSpectrogram Minimum MixUp MultiHeadAttention Multiply Normalization PReLU Permute
    Pipeline RMSNormalization RNN RandAugment RandomBrightness RandomColorDegeneration
    RandomColorJitter RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip
    RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization
    RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom ReLU
    RepeatVector Rescaling Reshape Resizing ReversibleEmbedding STFTSpectrogram SeparableConv1D
    SeparableConv2D SimpleRNN SimpleRNNCell Softmax Solarization SpatialDropout1D SpatialDropout2D
    SpatialDropout3D SpectralNormalization StackedRNNCells Subtract TimeDistributed
    UnitNormalization UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D
    ZeroPadding3D
""")

_FOREIGN = "it runs what another framework saved"
_FILES = "it reads files by a path"
_ABSTRACT = "it computes nothing by itself"
REFUSED: Final = {
    "TFSMLayer": _FOREIGN,
    "TorchModuleWrapper": _FOREIGN,
    "JaxLayer": _FOREIGN,
    "FlaxLayer": _FOREIGN,
    "StringLookup": _FILES,
    "IntegerLookup": _FILES,
    "TextVectorization": _FILES,
    "Layer": _ABSTRACT,
    "Wrapper": _ABSTRACT,
    "InputSpec": _ABSTRACT,
}

MODELS: Final = _names("Functional Model Sequential")

INITIALIZERS: Final = _names("""
    Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer LecunNormal
    LecunUniform Ones Orthogonal OrthogonalInitializer RandomNormal RandomUniform STFT
    STFTInitializer TruncatedNormal VarianceScaling Zeros
""")
REGULARIZERS: Final = _names("L1 L1L2 L2 OrthogonalRegularizer")
CONSTRAINTS: Final = _names("MaxNorm MinMaxNorm NonNeg UnitNorm")
POLICIES: Final = _names("""
    AWQDTypePolicy DTypePolicy DTypePolicyMap FloatDTypePolicy GPTQDTypePolicy Int4DTypePolicy
    QuantizedDTypePolicy QuantizedFloat8DTypePolicy
""")
QUANTIZERS: Final = _names("""
    AbsMaxQuantizer Float8QuantizationConfig Int4QuantizationConfig Int8QuantizationConfig
""")

# What stands in a functional model's graph where somebody wrote arithmetic; those that call another
# function (Map, Cond, WhileLoop, ...) are left out.
OPERATIONS: Final = _names("""
    Abs Absolute AdaptiveAveragePool AdaptiveMaxPool Add AffineTransform All AllClose Amax Amin
    Angle Any Append Arange Arccos Arccosh Arcsin Arcsinh Arctan Arctan2 Arctanh Argmax Argmin
    Argpartition Argsort Array ArraySplit Average AveragePool BatchNorm BinaryCrossentropy Bincount
    BitwiseAnd BitwiseInvert BitwiseLeftShift BitwiseNot BitwiseOr BitwiseRightShift BitwiseXor
    BroadcastTo CDist CTCDecode CTCLoss Cast CategoricalCrossentropy Cbrt Ceil Celu Cholesky
    CholeskyInverse Clip Concatenate Conj Conjugate Conv ConvTranspose ConvertToTensor Copy Corrcoef
    Correlate Cos Cosh CountNonzero CropImages Cross Cumprod Cumsum Deg2rad DepthToSpace
    DepthwiseConv Det Diag Diagflat Diagonal Diff Digitize Divide DivideNoNan Dot
    DotProductAttention Dsplit Dstack Eig Eigh Einsum ElasticTransform Elu EmptyLike Equal Erf Erfc
    Erfinv Exp Exp2 ExpandDims Expm1 ExtractPatches ExtractSequences FFT FFT2 Fabs Flip Fliplr
    Flipud Floor FloorDivide Fmax Fmin Fmod Fold Full FullLike GaussianBlur Gcd Gelu Geomspace
    GetItem Glu Greater GreaterEqual HSVToRGB HardShrink HardSigmoid HardSilu HardTanh Heaviside
    Histogram Hsplit Hstack Hypot I0 IFFT2 IRFFT ISTFT Imag InTopK Inner Inv IsIn Isclose Isfinite
    Isinf Isnan Isneginf Isposinf Isreal Kron LayerNorm Lcm Ldexp LeakyRelu LeftShift Less LessEqual
    Linspace Log Log10 Log1p Log2 LogSigmoid LogSoftmax Logaddexp Logaddexp2 Logdet LogicalAnd
    LogicalNot LogicalOr LogicalXor Logspace Logsumexp Lstsq LuFactor MapCoordinates Matmul
    MatrixRank Max MaxPool Maximum Mean Median Meshgrid Min Minimum Mish Mod Moments Moveaxis
    MultiHot Multiply NanToNum Nanargmax Nanargmin Nancumprod Nancumsum Nanmax Nanmean Nanmedian
    Nanmin Nanpercentile Nanprod Nanquantile Nanstd Nansum Nanvar Ndim Negative Nextafter Nonzero
    Norm Normalize NotEqual OneHot OnesLike Outer PSNR Pad PadImages Percentile PerspectiveTransform
    Pinv Polar Power Prod Ptp Qr Quantile RFFT RGBToGrayscale RGBToHSV RMSNorm Rad2deg Ravel Real
    Rearrange Reciprocal Relu Relu6 Repeat Reshape Resize RightShift Roll Rot90 Round Rsqrt SSIM
    STFT SVD SaturateCast ScaleAndTranslate Scatter ScatterUpdate SearchSorted SegmentMax SegmentMin
    SegmentProd SegmentSum Select Selu SeparableConv Sigmoid Sign Signbit Silu Sin Sinc Sinh Size
    Slice SliceUpdate Slogdet SobelEdges SoftShrink Softmax Softplus Softsign Solve SolveTriangular
    Sort SpaceToDepth SparseCategoricalCrossentropy SparsePlus SparseSigmoid Sparsemax Split Sqrt
    Square Squareplus Squeeze Stack Std StopGradient Subtract Sum Swapaxes Take TakeAlongAxis Tan
    Tanh TanhShrink Tensordot Threshold Tile TopK Trace Transpose Trapezoid Tril Triu TrueDivide
    Trunc Unfold Unique UnravelIndex Unstack Vander Var Vdot View ViewAsComplex ViewAsReal Vsplit
    Vstack Where ZerosLike
""")

# keras.applications' own layers.
APPLICATIONS: Final = _names("CustomScaleLayer LayerScale StochasticDepth")

# By the part of Keras that they lie in, keras.layers or keras.src.layers.
CLASSES: Final[dict[str, Names]] = {
    "": MODELS | POLICIES,
    "activations": OPERATIONS,
    "applications": APPLICATIONS,
    "constraints": CONSTRAINTS,
    "dtype_policies": POLICIES,
    "initializers": INITIALIZERS,
    "layers": LAYERS,
    "models": MODELS,
    "ops": OPERATIONS,
    "quantizers": QUANTIZERS,
    "random": _names("SeedGenerator"),
    "regularizers": REGULARIZERS,
}

# The only functions of its own that Keras finds again by their names.
ACTIVATIONS: Final = _names("""
    celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu
    linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus
    softsign sparse_plus sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold
""")
# Not classes, but how values are written down.
VALUES: Final = _names("""
    __bytes__ __ellipsis__ __keras_tensor__ __numpy__ __slice__ __tensor__ __tuple__ TensorShape
""")
# Functions that older files call by name alone, among the layers.
MERGES: Final = _names("add average concatenate dot maximum minimum multiply subtract")


def area(module: str) -> str | None:
    """Return the part of Keras that a module belongs to; None for other modules.

    Example:
        >>> area("keras.src.layers.core.dense"), area("keras"), area("os")
        ('layers', '', None)
    """
    first, *rest = module.split(".")
    if first != "keras":
        return None
    rest = rest[1:] if rest[:1] == ["src"] else rest
    return rest[0] if rest else ""
