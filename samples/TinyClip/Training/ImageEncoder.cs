using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TinyClip;

/// <summary>
/// Four convolutions of stride 2 with batch normalisation, from (batch, 3, 64, 64) to a map of 4×4 places. Two layers read that map in three ways: the
/// largest and the mean value of each channel, which tell what there is wherever it is; and, in fewer channels, all places, which tell where.
/// </summary>
internal sealed class ImageEncoder : Module<Tensor, Tensor>
{
    internal static readonly int[] Channels = [3, 16, 48, 96, 128];
    internal const int Hidden = 256, PlaceChannels = 32, Places = 16;

    internal ImageEncoder(int dimension)
        : base(nameof(ImageEncoder))
    {
        Convolutions = [.. Enumerable.Range(0, Channels.Length - 1).Select(i =>
            Conv2d(Channels[i], Channels[i + 1], KernelOf(i), stride: 2, padding: KernelOf(i) / 2, bias: false))];
        Normalizations = [.. Channels.Skip(1).Select(channels => BatchNorm2d(channels))];
        Reduction = Conv2d(Channels[^1], PlaceChannels, 1);
        Together = Linear((2 * Channels[^1]) + (PlaceChannels * Places), Hidden);
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

    internal Conv2d Reduction { get; }

    internal Linear Together { get; }

    internal Linear Projection { get; }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = input;
        for (var i = 0; i < Convolutions.Length; i++)
            x = functional.relu(Normalizations[i].forward(Convolutions[i].forward(x)));
        var everywhere = cat([x.amax([2, 3]), x.mean([2, 3]), Reduction.forward(x).flatten(1)], 1);
        x = functional.relu(Together.forward(everywhere));
        return Projection.forward(x).MoveToOuterDisposeScope();
    }

    internal static int KernelOf(int layer) => layer == 0 ? 5 : 3;
}
