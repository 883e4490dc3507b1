using TinyClip;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Pretraining;

/// <summary>GPT-2's block, normalised first: x + attention(norm(x)), then x + mlp(norm(x)).</summary>
internal sealed class Block : Module<Tensor, Tensor, Tensor>
{
    private readonly ModelShape _shape;
    private readonly LayerNorm _firstNorm, _secondNorm;
    private readonly QueryKeyValue _projections;
    private readonly Linear _output, _up, _down;

    internal Block(ModelShape shape)
        : base(nameof(Block))
    {
        _shape = shape;
        _firstNorm = LayerNorm(shape.Width);
        _projections = new QueryKeyValue(shape.Width, shape.Attention, shape.Rank);
        _output = Linear(shape.Width, shape.Width);
        _secondNorm = LayerNorm(shape.Width);
        _up = Linear(shape.Width, 4 * shape.Width);
        _down = Linear(4 * shape.Width, shape.Width);
        RegisterComponents();
    }

    /// <param name="input">(batch, length, width).</param>
    /// <param name="mask">What is added to the weights: 0, or far below it where a token comes later.</param>
    public override Tensor forward(Tensor input, Tensor mask)
    {
        using var scope = NewDisposeScope();
        var (batch, length, headWidth) = (input.shape[0], input.shape[1], _shape.Width / _shape.Heads);
        var parts = _projections.forward(_firstNorm.forward(input)).chunk(3, -1);
        var query = parts[0].view(batch, length, _shape.Heads, headWidth).transpose(1, 2);
        var key = parts[1].view(batch, length, _shape.Heads, headWidth).permute(0, 2, 3, 1);
        var value = parts[2].view(batch, length, _shape.Heads, headWidth).transpose(1, 2);
        var weights = functional.softmax((query.matmul(key) / Math.Sqrt(headWidth)) + mask, -1);
        var x = input + _output.forward(weights.matmul(value).transpose(1, 2).reshape(batch, length, _shape.Width));
        return (x + _down.forward(functional.gelu(_up.forward(_secondNorm.forward(x))))).MoveToOuterDisposeScope();
    }
}
