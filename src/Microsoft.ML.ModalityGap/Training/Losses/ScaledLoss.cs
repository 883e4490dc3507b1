using System.Numerics;

namespace Microsoft.ML.ModalityGap;

/// <summary>A loss of logits σ·s, whose scale σ may be its parameter: log σ.</summary>
internal abstract class ScaledLoss(LogitScale scale) : ElementaryLoss
{
    internal override IReadOnlyList<double> InitialParameters => Scale.IsLearned ? [Math.Log(Scale.Initial)] : [];

    protected LogitScale Scale { get; } = scale;

    internal override void LimitParameters<T>(Span<T> parameters)
    {
        if (Scale.Maximum is { } maximum)
            parameters[0] = T.Min(parameters[0], T.CreateTruncating(Math.Log(maximum)));
    }

    protected T GetScale<T>(ReadOnlySpan<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Scale.IsLearned ? T.Exp(parameters[0]) : T.CreateTruncating(Scale.Initial);

    /// <param name="parameterGradients">The first is that of log σ, where it is learned.</param>
    /// <param name="value">dL/dσ·σ, times the weight.</param>
    protected void AddScaleGradient<T>(Span<T> parameterGradients, T value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Scale.IsLearned)
            parameterGradients[0] += value;
    }
}
