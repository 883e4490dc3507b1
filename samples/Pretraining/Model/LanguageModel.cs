using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Pretraining;

/// <summary>A small causal language model after GPT-2: learned positions, blocks, a last normalisation, and the token table once more as the output layer.</summary>
internal sealed class LanguageModel : Module<Tensor, Tensor>
{
    private readonly Parameter _positions;
    private readonly Block[] _blocks;
    private readonly LayerNorm _last;

    internal LanguageModel(ModelShape shape, int vocabularySize)
        : base(nameof(LanguageModel))
    {
        shape.Check();
        Tokens = Embedding(vocabularySize, shape.Width);
        _positions = Parameter(randn(ModelShape.ContextLength, shape.Width) * 0.01);
        _blocks = [.. Enumerable.Range(0, shape.Depth).Select(_ => new Block(shape))];
        _last = LayerNorm(shape.Width);
        init.normal_(Tokens.weight!, 0, 0.02);
        for (var i = 0; i < _blocks.Length; i++)
            register_module($"block{i}", _blocks[i]);
        RegisterComponents();
    }

    /// <summary>The token table, whose variability is measured.</summary>
    internal Embedding Tokens { get; }

    /// <summary>The logits of the next token at each place, (batch, length, vocabulary).</summary>
    /// <param name="ids">(batch, length).</param>
    public override Tensor forward(Tensor ids)
    {
        using var scope = NewDisposeScope();
        return _last.forward(Read(ids)).matmul(Tokens.weight!.t()).MoveToOuterDisposeScope();
    }

    /// <summary>The residual stream behind the last block, before it is normalised: what grows with depth.</summary>
    internal Tensor Read(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var length = ids.shape[1];
        var mask = zeros(length, length).masked_fill(ones(length, length).triu(1).to(ScalarType.Bool), -1e9f);
        var x = Tokens.forward(ids) + _positions[TensorIndex.Slice(0, length)];
        foreach (var block in _blocks)
            x = block.forward(x, mask);
        return x.MoveToOuterDisposeScope();
    }
}
