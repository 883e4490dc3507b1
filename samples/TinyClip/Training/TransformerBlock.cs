using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TinyClip;

/// <summary>x + attention(norm(x)), then x + mlp(norm(x)).</summary>
internal sealed class TransformerBlock : Module<Tensor, Tensor, Tensor>
{
    private const int Width = TextEncoder.Width, Heads = TextEncoder.Heads, HeadWidth = Width / Heads;

    internal TransformerBlock(AttentionKind attention, int rank)
        : base(nameof(TransformerBlock))
    {
        FirstNorm = LayerNorm(Width);
        QueryKeyValue = new QueryKeyValue(Width, attention, rank);
        Output = Linear(Width, Width);
        SecondNorm = LayerNorm(Width);
        Up = Linear(Width, 4 * Width);
        Down = Linear(4 * Width, Width);
        RegisterComponents();
    }

    internal LayerNorm FirstNorm { get; }

    internal QueryKeyValue QueryKeyValue { get; }

    internal Linear Output { get; }

    internal LayerNorm SecondNorm { get; }

    internal Linear Up { get; }

    internal Linear Down { get; }

    public override Tensor forward(Tensor input, Tensor bias)
    {
        using var scope = NewDisposeScope();
        var (batch, length) = (input.shape[0], input.shape[1]);
        var heads = QueryKeyValue.forward(FirstNorm.forward(input)).chunk(3, -1);
        var query = heads[0].view(batch, length, Heads, HeadWidth).transpose(1, 2);
        var key = heads[1].view(batch, length, Heads, HeadWidth).permute(0, 2, 3, 1);
        var value = heads[2].view(batch, length, Heads, HeadWidth).transpose(1, 2);
        var weights = functional.softmax((query.matmul(key) / Math.Sqrt(HeadWidth)) + bias, -1);
        var x = input + Output.forward(weights.matmul(value).transpose(1, 2).reshape(batch, length, Width));
        var up = Up.forward(SecondNorm.forward(x));
        return (x + Down.forward(up * sigmoid(1.702 * up))).MoveToOuterDisposeScope();
    }
}
