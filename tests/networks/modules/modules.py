"""Small PyTorch modules as people write them, and the same networks in Keras."""

import keras
import torch
from torch import nn
from torch.nn import functional

SIDE = 32


class Block(nn.Module):
    """Two convolutions and a way around them, with a sum and ReLUs in place."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride > 1:
            conv = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.downsample = nn.Sequential(conv, nn.BatchNorm2d(outputs))

    def forward(self, x):
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)


class ResNet(nn.Module):
    """A small ResNet, named as torchvision names its parts."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 7, 2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(6)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, padding=1)
        self.layer1 = nn.Sequential(Block(6, 6, 1), Block(6, 6, 1))
        self.layer2 = nn.Sequential(Block(6, 8, 2))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.avgpool(self.layer2(self.layer1(x)))
        return self.fc(torch.flatten(x, 1))


class VGG(nn.Module):
    """A small VGG."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Conv2d(6, 8, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.AvgPool2d(2),
        )
        self.classifier = nn.Sequential(
            nn.Linear(8 * 8 * 8, 16), nn.ReLU(inplace=True), nn.Dropout(), nn.Linear(16, 5)
        )

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


class LeNet(nn.Module):
    """Everything but weights in functions, and log-softmax at the end, as in tutorials."""

    def __init__(self, rectify=functional.relu):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 6, 3, padding=1)
        self.fc1, self.fc2 = nn.Linear(6 * 8 * 8, 10), nn.Linear(10, 5)
        self.rectify = rectify

    def forward(self, x):
        x = functional.max_pool2d(self.rectify(self.conv1(x)), 2)
        x = functional.max_pool2d(self.rectify(self.conv2(x)), 2)
        x = self.fc2(self.rectify(self.fc1(x.view(-1, 6 * 8 * 8))))
        return functional.log_softmax(x, dim=1)


def settled(module, seed=0):
    """Give every weight a value that depends on the seed alone."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, each in [*module.named_parameters(), *module.named_buffers()]:
            if name.endswith("running_var"):
                each.copy_(torch.rand(each.shape, generator=generator) + 0.5)
            elif each.is_floating_point():
                spread = (2 / max(1, each[0].numel())) ** 0.5 if each.ndim > 1 else 0.3
                each.copy_(torch.randn(each.shape, generator=generator) * spread)
    return module


def vgg_in_keras(module):
    """The VGG as a functional Keras model, channels last, with copies of the module's weights."""
    layers = keras.layers
    image = keras.Input((SIDE, SIDE, 3))
    flow = _conv(module.features[0], "features.0", image)
    flow = layers.MaxPooling2D(2)(layers.ReLU(name="features.1")(flow))
    flow = _conv(module.features[3], "features.3", flow)
    flow = layers.AveragePooling2D(2)(layers.ReLU(name="features.4")(flow))
    flow = layers.Flatten()(layers.Permute((3, 1, 2))(flow))  # in the order of PyTorch
    flow = layers.ReLU(name="classifier.1")(_dense(module.classifier[0], "classifier.0", flow))
    return keras.Model(image, _dense(module.classifier[3], "classifier.3", flow))


def resnet_in_keras(module):
    """The same for the ResNet."""
    layers = keras.layers
    image = keras.Input((SIDE, SIDE, 3))
    flow = _norm(module.bn1, "bn1", _conv(module.conv1, "conv1", image, 3))
    flow = layers.ReLU(name="relu")(flow)
    flow = layers.MaxPooling2D(3, 2)(layers.ZeroPadding2D(1)(flow))  # after a ReLU zero is lowest
    for stage, blocks in (("layer1", module.layer1), ("layer2", module.layer2)):
        for index, block in enumerate(blocks):
            flow = _block(block, f"{stage}.{index}", flow)
    flow = layers.GlobalAveragePooling2D(name="avgpool")(flow)
    return keras.Model(image, _dense(module.fc, "fc", flow))


def _block(block, name, start):
    layers = keras.layers
    flow = _norm(block.bn1, f"{name}.bn1", _conv(block.conv1, f"{name}.conv1", start, 1))
    flow = _conv(block.conv2, f"{name}.conv2", layers.ReLU(name=f"{name}.relu")(flow), 1)
    flow = _norm(block.bn2, f"{name}.bn2", flow)
    if block.downsample is not None:
        start = _conv(block.downsample[0], f"{name}.downsample.0", start)
        start = _norm(block.downsample[1], f"{name}.downsample.1", start)
    return layers.ReLU(name=name)(layers.Add()([flow, start]))


def _named(layer, name):
    """Build a layer on its first call, and give it a name that Keras builds no variables under."""
    return lambda flow: (layer(flow), setattr(layer, "name", name))[0]


def _array(tensor):
    return tensor.detach().numpy()


def _conv(module, name, flow, around=0):
    flow = keras.layers.ZeroPadding2D(around)(flow) if around else flow
    padding = "same" if module.padding[0] and not around else "valid"
    layer = keras.layers.Conv2D(
        module.out_channels,
        module.kernel_size,
        strides=module.stride,
        padding=padding,
        use_bias=module.bias is not None,
    )
    flow = _named(layer, name)(flow)
    biases = [] if module.bias is None else [_array(module.bias)]
    layer.set_weights([_array(module.weight).transpose(2, 3, 1, 0), *biases])
    return flow


def _norm(module, name, flow):
    layer = keras.layers.BatchNormalization(epsilon=module.eps)
    flow = _named(layer, name)(flow)
    tensors = (module.weight, module.bias, module.running_mean, module.running_var)
    layer.set_weights([_array(each) for each in tensors])
    return flow


def _dense(module, name, flow):
    layer = keras.layers.Dense(module.out_features)
    flow = _named(layer, name)(flow)
    layer.set_weights([_array(module.weight).T, _array(module.bias)])
    return flow
