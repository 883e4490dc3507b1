using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TinyClip;

/// <summary>
/// Four convolutions with batch normalisation, from (batch, 3, 64, 64) to a map of 8×8 places. That map is read by its largest values over everything,
/// which tell what there is wherever it is; over its left, right, upper and lower half, which tell on which side; and by its mean values, which tell how
/// much of it. One hidden layer and a projection follow.
/// </summary>
internal sealed class ImageEncoder : Module<Tensor, Tensor>
{
    internal static readonly int[] Channels = [3, 16, 32, 64, 96];
    internal const int Hidden = 256, MapSize = 8;

    /// <summary>Everything, left, right, upper, lower, and the mean.</summary>
    private const int Readings = 6;

    internal ImageEncoder(int dimension)
        : base(nameof(ImageEncoder))
    {
        Convolutions = [.. Enumerable.Range(0, Channels.Length - 1).Select(i =>
            Conv2d(Channels[i], Channels[i + 1], KernelOf(i), stride: StrideOf(i), padding: KernelOf(i) / 2, bias: false))];
        Normalizations = [.. Channels.Skip(1).Select(channels => BatchNorm2d(channels))];
        Together = Linear(Readings * Channels[^1], Hidden, hasBias: false);
        TogetherNormalization = BatchNorm1d(Hidden);
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

    internal Linear Together { get; }

    internal BatchNorm1d TogetherNormalization { get; }

    internal Linear Projection { get; }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return Projection.forward(See(input)).MoveToOuterDisposeScope();
    }

    /// <summary>The hidden layer, (batch, <see cref="Hidden"/>), which the projection is made from.</summary>
    internal Tensor See(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = input;
        for (var i = 0; i < Convolutions.Length; i++)
        {
            x = functional.relu(Normalizations[i].forward(Convolutions[i].forward(x)));
            if (IsPooled(i))
                x = functional.max_pool2d(x, 2);
        }

        var sides = functional.max_pool2d(x, [MapSize, MapSize / 2]);
        var levels = functional.max_pool2d(x, [MapSize / 2, MapSize]);
        var together = cat([sides.flatten(1), levels.flatten(1), sides.amax([2, 3]), x.mean([2, 3])], 1);
        return functional.relu(TogetherNormalization.forward(Together.forward(together))).MoveToOuterDisposeScope();
    }

    internal static int KernelOf(int layer) => layer == 0 ? 5 : 3;

    internal static int StrideOf(int layer) => layer < 2 ? 2 : 1;

    /// <summary>Whether the largest of each 2×2 values is taken behind a layer.</summary>
    internal static bool IsPooled(int layer) => layer == 2;
}
