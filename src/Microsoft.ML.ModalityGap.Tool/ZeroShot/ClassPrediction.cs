namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What a zero-shot classifier says of a row.</summary>
internal sealed class ClassPrediction
{
    public float Probability { get; set; }

    public string[] TopLabels { get; set; } = [];

    public float[] TopScores { get; set; } = [];
}
