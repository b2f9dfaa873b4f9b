using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using static TorchSharp.torch;

namespace TuneSharp.Golden.Topics.Training;

/// <summary>Recorded float32 tensors for libtorch.</summary>
internal static class RecordedTensors
{
    public static Tensor Tensor(this SafetensorsFile file, string name) => tensor(file.Floats(name)).reshape(file.Require(name).Shape.ToArray());
}
