namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>The state of a training, from which a fit goes on.</summary>
internal sealed class TrainingStateTarget : StoredTarget
{
    internal override string Name => "training-state";

    internal override IReadOnlyList<string> Covers => ["TrainModalityNormalizationOptions.StatePath"];

    internal override double Share => 0.3;

    internal override IReadOnlyList<byte[]> CreateSeeds() => [Train(isDone: true), Train(isDone: false)];

    internal override void Read(FuzzInput input)
    {
        var model = Create(input.WriteFile("state")).Fit(Seeds.Pairs);
        foreach (var modality in model.Modalities)
            Seeds.ExpectFinite(modality.Map.Apply(Seeds.Rows(1, Seeds.Dimension, 9)), "a mapped vector");
    }

    /// <summary>The file of a training that is done, or one that was stopped after its first epoch.</summary>
    private static byte[] Train(bool isDone) => Seeds.SaveFile("state", path =>
    {
        try
        {
            Create(path, isDone ? null : _ => throw new OperationCanceledException()).Fit(Seeds.Pairs);
        }
        catch (OperationCanceledException)
        {
        }
    });

    private static TrainModalityNormalizationEstimator Create(string path, Action<TrainingEpoch>? completed = null) => Seeds.Context.Transforms.TrainModalityNormalization(
        nameof(Seeds.Pair.Image), nameof(Seeds.Pair.Text), new TrainModalityNormalizationOptions { Epochs = 2, BatchSize = 8, StatePath = path, EpochCompleted = completed });
}
