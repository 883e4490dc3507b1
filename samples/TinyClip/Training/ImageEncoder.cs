using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TinyClip;

/// <summary>
/// Four convolutions of stride 2 with batch normalisation, from (batch, 3, 64, 64) to a map of 4×4 places, which two layers read whole: where a thing
/// is matters, so the map is not averaged.
/// </summary>
internal sealed class ImageEncoder : Module<Tensor, Tensor>
{
    internal static readonly int[] Channels = [3, 16, 48, 96, 96];
    internal const int Hidden = 256;

    internal ImageEncoder(int dimension)
        : base(nameof(ImageEncoder))
    {
        Convolutions = [.. Enumerable.Range(0, Channels.Length - 1).Select(i =>
            Conv2d(Channels[i], Channels[i + 1], KernelOf(i), stride: 2, padding: KernelOf(i) / 2, bias: false))];
        Normalizations = [.. Channels.Skip(1).Select(channels => BatchNorm2d(channels))];
        Flattened = Linear(Channels[^1] * 16, Hidden);
        Projection = Linear(Hidden, dimension, hasBias: false);
        for (var i = 0; i < Convolutions.Length; i++)
        {
            register_module($"convolution{i}", Convolutions[i]);
            register_module($"normalization{i}", Normalizations[i]);
        }

        RegisterComponents();
    }

    internal Conv2d[] Convolutions { get; }

    internal BatchNorm2d[] Normalizations { get; }

    internal Linear Flattened { get; }

    internal Linear Projection { get; }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = input;
        for (var i = 0; i < Convolutions.Length; i++)
            x = functional.relu(Normalizations[i].forward(Convolutions[i].forward(x)));
        x = functional.relu(Flattened.forward(x.flatten(1)));
        return Projection.forward(x).MoveToOuterDisposeScope();
    }

    internal static int KernelOf(int layer) => layer == 0 ? 5 : 3;
}
