"""Tiny models of KerasHub with random weights: one of every family of classifiers that it has."""

import pytest

keras_hub = pytest.importorskip("keras_hub")
models = keras_hub.models

SHAPE = (32, 32, 3)
CLASSES = 3
RANGE = {"scale": [1 / 127.5] * 3, "offset": [-1.0] * 3}


def vit(**settings):
    """A vision transformer of 17 tokens: one of the class, and four by four."""
    wanted = {
        "image_shape": SHAPE,
        "patch_size": 8,
        "num_layers": 2,
        "num_heads": 2,
        "hidden_dim": 16,
        "mlp_dim": 32,
    }
    return models.ViTBackbone(**{**wanted, **settings})


def _resnet():
    return models.ResNetBackbone(
        input_conv_filters=[64],
        input_conv_kernel_sizes=[7],
        stackwise_num_filters=[64, 64],
        stackwise_num_blocks=[1, 1],
        stackwise_num_strides=[1, 2],
        block_type="basic_block",
        image_shape=SHAPE,
    )


def _deit():
    return models.DeiTBackbone(
        image_shape=SHAPE,
        patch_size=8,
        num_layers=2,
        num_heads=2,
        hidden_dim=16,
        intermediate_dim=32,
    )


def _swin():
    return models.SwinTransformerBackbone(
        image_shape=SHAPE,
        patch_size=4,
        embed_dim=16,
        depths=(1, 1),
        num_heads=(2, 4),
        window_size=4,
    )


def mit():
    """The encoder of SegFormer."""
    return models.MiTBackbone(
        image_shape=SHAPE,
        layerwise_depths=[1, 1],
        num_layers=2,
        layerwise_num_heads=[1, 2],
        layerwise_sr_ratios=[2, 1],
        layerwise_patch_sizes=[7, 3],
        layerwise_strides=[4, 2],
        max_drop_path_rate=0.1,
        hidden_dims=[16, 32],
    )


def _efficientnet():
    return models.EfficientNetBackbone(
        image_shape=SHAPE,
        stackwise_width_coefficients=[1.0],
        stackwise_depth_coefficients=[1.0],
        stackwise_kernel_sizes=[3],
        stackwise_num_repeats=[1],
        stackwise_input_filters=[8],
        stackwise_output_filters=[16],
        stackwise_expansion_ratios=[4],
        stackwise_strides=[2],
        stackwise_squeeze_and_excite_ratios=[0.25],
        stackwise_block_types=["v1"],
        min_depth=None,
        include_initial_padding=True,
        use_depth_divisor_as_min_depth=True,
        cap_round_filter_decrease=True,
        stem_conv_padding="valid",
        batch_norm_momentum=0.9,
        batch_norm_epsilon=1e-5,
        dropout=0,
        projection_activation=None,
    )


def _mobilenet():
    return models.MobileNetBackbone(
        image_shape=SHAPE,
        stackwise_expansion=[[40], [64]],
        stackwise_num_blocks=[1, 1],
        stackwise_num_filters=[[16], [24]],
        stackwise_kernel_size=[[3], [5]],
        stackwise_num_strides=[[2], [1]],
        stackwise_se_ratio=[[None], [0.25]],
        stackwise_activation=[["relu"], ["hard_swish"]],
        stackwise_padding=[[1], [2]],
        output_num_filters=32,
        input_num_filters=16,
        input_activation="hard_swish",
        output_activation="hard_swish",
        depthwise_filters=8,
        depthwise_stride=2,
        depthwise_residual=False,
        squeeze_and_excite=0.5,
        last_layer_filter=32,
    )


def _mobilenet_v5():
    return models.MobileNetV5Backbone(
        image_shape=SHAPE,
        stackwise_block_types=[["er"], ["uir", "uir"]],
        stackwise_num_blocks=[1, 2],
        stackwise_num_filters=[[24], [48, 48]],
        stackwise_strides=[[2], [2, 1]],
        stackwise_act_layers=[["relu"], ["relu", "relu"]],
        stackwise_exp_ratios=[[4.0], [6.0, 6.0]],
        stackwise_se_ratios=[[0.0], [0.0, 0.0]],
        stackwise_dw_kernel_sizes=[[0], [5, 5]],
        stackwise_dw_start_kernel_sizes=[[0], [0, 0]],
        stackwise_dw_end_kernel_sizes=[[0], [0, 0]],
        stackwise_exp_kernel_sizes=[[3], [0, 0]],
        stackwise_pw_kernel_sizes=[[1], [0, 0]],
        stackwise_num_heads=[[0], [0, 0]],
        stackwise_key_dims=[[0], [0, 0]],
        stackwise_value_dims=[[0], [0, 0]],
        stackwise_kv_strides=[[0], [0, 0]],
        stackwise_use_cpe=[[False], [False, False]],
        use_msfa=False,
    )


def _densenet():
    return models.DenseNetBackbone(
        image_shape=SHAPE, stackwise_num_repeats=[1, 1], compression_ratio=0.5, growth_rate=8
    )


def _vgg():
    return models.VGGBackbone(
        image_shape=SHAPE, stackwise_num_repeats=[1, 1], stackwise_num_filters=[8, 16]
    )


def _cspnet():
    return models.CSPNetBackbone(
        image_shape=SHAPE,
        stem_filters=16,
        stem_kernel_size=3,
        stem_strides=1,
        stackwise_depth=[1],
        stackwise_strides=[2],
        stackwise_num_filters=[16],
        block_type="dark_block",
        stage_type="dark",
    )


def _hgnet():
    return models.HGNetV2Backbone(
        image_shape=SHAPE,
        depths=[1],
        embedding_size=8,
        hidden_sizes=[16],
        stem_channels=[3, 8, 8],
        hidden_act="relu",
        use_learnable_affine_block=False,
        stackwise_stage_filters=[[8, 8, 16, 1, 1, 3]],
        apply_downsample=[False],
        use_lightweight_conv_block=[False],
    )


def _xception():
    return models.XceptionBackbone(
        image_shape=SHAPE, stackwise_conv_filters=[[8, 8], [16, 16]], stackwise_pooling=[True, True]
    )


FAMILIES = {
    "CSPNet": _cspnet,
    "DeiT": _deit,
    "DenseNet": _densenet,
    "EfficientNet": _efficientnet,
    "HGNetV2": _hgnet,
    "MiT": mit,
    "MobileNet": _mobilenet,
    "MobileNetV5": _mobilenet_v5,
    "ResNet": _resnet,
    "SwinTransformer": _swin,
    "VGG": _vgg,
    "ViT": vit,
    "Xception": _xception,
}


def converter(family="ViT", **settings):
    """What makes a family's input of pictures: from -1 to 1, unless settings say otherwise."""
    made = getattr(keras_hub.layers, f"{family}ImageConverter")
    return made(**{"image_size": SHAPE[:2], **RANGE, **settings})


def classifier(family="ViT", classes=CLASSES, backbone=None, **settings):
    """A classifier of a family; settings are those of its converter."""
    before = getattr(models, f"{family}ImageClassifierPreprocessor")
    return getattr(models, f"{family}ImageClassifier")(
        backbone=backbone or FAMILIES[family](),
        num_classes=classes,
        preprocessor=before(image_converter=converter(family, **settings)),
    )
