using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TinyClip;

/// <summary>
/// CLIP's text encoder, small: token and position embeddings, pre-norm transformer blocks with causal attention and QuickGELU, a last normalisation, and
/// a projection of what stands at the (first) end token, which has the highest id.
/// </summary>
internal sealed class TextEncoder : Module<Tensor, Tensor, Tensor>
{
    internal const int Width = 96, Heads = 4, Depth = 2;

    internal TextEncoder(int vocabularySize, int dimension, AttentionKind attention = AttentionKind.MultiHead, int rank = TrainingOptions.AttentionRank)
        : base(nameof(TextEncoder))
    {
        Tokens = Embedding(vocabularySize, Width);
        Positions = Parameter(randn(TinyClipModel.ContextLength, Width) * 0.02);
        Blocks = [.. Enumerable.Range(0, Depth).Select(_ => new TransformerBlock(attention, rank))];
        Last = LayerNorm(Width);
        Projection = Linear(Width, dimension);
        init.normal_(Tokens.weight!, 0, 0.02);
        init.normal_(Projection.weight!, 0, 1 / Math.Sqrt(Width));
        init.normal_(Projection.bias!, 0, TrainingOptions.TextBias);
        for (var i = 0; i < Blocks.Length; i++)
            register_module($"block{i}", Blocks[i]);
        RegisterComponents();
    }

    internal Embedding Tokens { get; }

    internal Parameter Positions { get; }

    internal TransformerBlock[] Blocks { get; }

    internal LayerNorm Last { get; }

    internal Linear Projection { get; }

    public override Tensor forward(Tensor ids, Tensor mask)
    {
        using var scope = NewDisposeScope();
        return Projection.forward(Read(ids, mask)).MoveToOuterDisposeScope();
    }

    /// <summary>What stands at the end token, normalised, (batch, <see cref="Width"/>), which the projection is made from.</summary>
    internal Tensor Read(Tensor ids, Tensor mask)
    {
        using var scope = NewDisposeScope();
        var length = ids.shape[1];
        var causal = zeros(length, length).masked_fill(ones(length, length).triu(1).to(ScalarType.Bool), -1e9f);
        var bias = causal + ((1 - mask.to(ScalarType.Float32)) * -1e9f).unsqueeze(1).unsqueeze(1);
        var x = Tokens.forward(ids) + Positions[TensorIndex.Slice(0, length)];
        foreach (var block in Blocks)
            x = block.forward(x, bias);
        var end = ids.argmax(1).view(-1, 1, 1).expand(-1, 1, Width);
        return Last.forward(x).gather(1, end).squeeze(1).MoveToOuterDisposeScope();
    }
}
