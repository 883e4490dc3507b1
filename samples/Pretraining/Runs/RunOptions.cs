namespace Pretraining;

/// <summary>How a model is trained.</summary>
/// <param name="Shape">The model.</param>
/// <param name="Steps">Steps of AdamW.</param>
/// <param name="LearningRate">The highest; it rises over the first tenth of the steps and then falls as half a cosine.</param>
/// <param name="Seed">Decides weights and pieces of text.</param>
internal sealed record RunOptions(ModelShape Shape, int Steps, double LearningRate, int Seed)
{
    /// <summary>A step's gradient is the mean of so many, whose variance is measured.</summary>
    internal const int GradientParts = 4;

    /// <summary>Pieces of text a part.</summary>
    internal const int PiecesPerPart = 8;

    /// <summary>Gradients are cut to this norm, as GPT-2's are.</summary>
    internal const double LargestGradientNorm = 1;

    /// <summary>Pieces the held-out loss is the mean of.</summary>
    internal const int HeldOutPieces = 64;

    internal double GetRate(int step)
    {
        var warmUp = Math.Max(1, Steps / 10);
        return LearningRate * (step < warmUp ? (step + 1.0) / warmUp : 0.5 + 0.5 * Math.Cos(Math.PI * (step - warmUp) / Math.Max(1, Steps - warmUp)));
    }
}
