using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TinyClip;

/// <summary>Queries, keys and values of all heads beside each other, (..., 3·width), by full matrices or by products of two factors.</summary>
/// <remarks>
/// Low rank, after MLRA: each of the three is x Aᵀ Bᵀ + b with A of r×width and B of width×r. The paper's exact choice of factors and of their first values was not to be found; assumed are no bias between
/// the factors, and libtorch's first values for both (uniform in ±1/√inputs), under which what comes out varies less than behind a full matrix.
/// </remarks>
internal sealed class QueryKeyValue : Module<Tensor, Tensor>
{
    private const int Parts = 3;

    private readonly Linear? _full;
    private readonly Linear[] _down = [];
    private readonly Linear[] _up = [];

    /// <param name="width">Of the input.</param>
    /// <param name="kind">Full matrices, or products.</param>
    /// <param name="rank">r, for <see cref="AttentionKind.LowRank"/>.</param>
    internal QueryKeyValue(int width, AttentionKind kind, int rank)
        : base(nameof(QueryKeyValue))
    {
        if (kind == AttentionKind.MultiHead)
        {
            _full = Linear(width, Parts * width);
            register_module("full", _full);
            return;
        }

        if (rank < 1 || rank > width)
            throw new ArgumentOutOfRangeException(nameof(rank), rank, $"The rank is from 1 to the width, {width}.");
        _down = [.. Enumerable.Range(0, Parts).Select(_ => Linear(width, rank, hasBias: false))];
        _up = [.. Enumerable.Range(0, Parts).Select(_ => Linear(rank, width))];
        for (var i = 0; i < Parts; i++)
        {
            register_module($"down{i}", _down[i]);
            register_module($"up{i}", _up[i]);
        }
    }

    public override Tensor forward(Tensor input)
    {
        if (_full is not null)
            return _full.forward(input);
        using var scope = NewDisposeScope();
        return cat([.. _down.Zip(_up, (down, up) => up.forward(down.forward(input)))], -1).MoveToOuterDisposeScope();
    }

    /// <summary>The same as one matrix of (3·width)×width, and its bias: what is exported.</summary>
    internal (Tensor Weight, Tensor Bias) Merge()
    {
        using var frozen = no_grad();
        return _full is not null
            ? (_full.weight!.detach(), _full.bias!.detach())
            : (cat([.. _down.Zip(_up, (down, up) => up.weight!.mm(down.weight!))], 0), cat([.. _up.Select(up => up.bias!)], 0));
    }
}
