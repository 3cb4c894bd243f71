"""Variables are as they were after a block, and it is told which had changed."""

import keras
import numpy as np

from convscope.networks.patches.restored import restored


def test_what_a_block_changes_is_restored_and_told():
    one, other = keras.Variable(np.ones(2, "float32")), keras.Variable(np.zeros(2, "float32"))
    with restored([one, other]) as changed:
        one.assign([3.0, 4.0])
        other.assign([0.0, 0.0])
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(one), [1, 1])
    assert [id(each) for each in changed] == [id(one)]
