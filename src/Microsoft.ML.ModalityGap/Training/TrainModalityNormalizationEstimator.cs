using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Trains a batch normalisation per modality on the frozen embeddings of pairs, by a contrastive loss: I0T_async. Or a linear head, or both, by any
/// <see cref="Loss"/>.
/// </summary>
/// <remarks>
/// <para>Per modality, with x̂ = x/‖x‖: z = γ (x̂ − m)/√(v + ε) + β per dimension, y = z/‖z‖. γ and β are trained, by AdamW with warm-up and a cosine schedule, on
/// batches that are normalised by their own m and v; the fitted <see cref="EmbeddingMap"/> has the running averages of these.
/// A linear head is y = (W x̂ + b)/‖W x̂ + b‖.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Needs to look at the data to fit</term><description>Yes, once per epoch; row i of both columns is a pair</description></item>
/// <item><term>Input column type</term><description>Two vectors of <see cref="float"/>, of fixed size or varying by row</description></item>
/// <item><term>Output column type</term><description>Vector of <see cref="float"/>; with a linear layer of <see cref="TrainModalityNormalizationOptions.OutputDimension"/></description></item>
/// <item><term>Saved by <c>mlContext.Model.Save</c></term><description>Yes, as every <see cref="EmbeddingMapTransformer"/></description></item>
/// </list>
/// <para>Works on data larger than memory (<see cref="TrainModalityNormalizationOptions.ShuffleSize"/>), goes on after an interruption
/// (<see cref="TrainModalityNormalizationOptions.StatePath"/>), stops early (<see cref="TrainModalityNormalizationOptions.Patience"/>). Loss, gap and recall of each
/// epoch go to ML.NET's log and progress channels. The same seed, data and options give the same maps, bit for bit, on the same kind of machine.</para>
/// <para>Degenerate: a dimension that is constant is standardised by √ε; a batch has at least 2 pairs; a row that a head maps to zero stays zero and moves no
/// parameter. Only one head needs as many dimensions as the other: one with a linear layer does not.</para>
/// <para>Source: An et al., I0T: Embedding Standardization Method Towards Zero Modality Gap, ACL 2025 (arXiv 2412.14384).</para>
/// </remarks>
public sealed class TrainModalityNormalizationEstimator : IEstimator<EmbeddingMapTransformer>
{
    private readonly IHost _host;
    private readonly TrainModalityNormalizationOptions _options;

    internal TrainModalityNormalizationEstimator(IHostEnvironment env, ModalityColumns columns, TrainModalityNormalizationOptions? options)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(columns);
        _host = env.Register(nameof(TrainModalityNormalizationEstimator));
        _options = options ?? TrainModalityNormalizationOptions.Default;
        Columns = columns;
        if (columns.ModalityColumnName is not null || columns.Pairs.Count != 2)
        {
            throw new ArgumentException(
                $"Training takes pairs: two columns, a modality each, but {(columns.ModalityColumnName is null ? $"{columns.Pairs.Count} {(columns.Pairs.Count == 1 ? "is" : "are")} named" : "there is one with a modality per row")}.",
                nameof(columns));
        }

        if (_options is { Patience: not null, ValidationFraction: 0 })
            throw new ArgumentException($"{nameof(_options.Patience)} needs pairs to look at: set {nameof(_options.ValidationFraction)}, such as 0.1.", nameof(options));
        if (_options is { Head: TrainingHead.BatchNorm, OutputDimension: not null })
            throw new ArgumentException($"Batch normalisation keeps the dimension; {nameof(_options.OutputDimension)} is for heads with a linear layer.", nameof(options));
    }

    /// <summary>The two columns whose rows are pairs.</summary>
    public ModalityColumns Columns { get; }

    /// <summary>Trains on the pairs of the data.</summary>
    /// <param name="input">Has both columns; row i of both is a pair.</param>
    /// <exception cref="ArgumentException">The options do not fit the dimensions of the columns.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">
    /// A row cannot be used and <see cref="UnusableRows.Throw"/> is set, there are fewer than 2 pairs to train on, the state is damaged or of another training, or
    /// the loss stops being a number.
    /// </exception>
    /// <exception cref="OperationCanceledException"><see cref="TrainModalityNormalizationOptions.CancellationToken"/> was cancelled.</exception>
    public EmbeddingMapTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (_options.StatePath is { } path)
            AtomicFile.CheckTarget(path);
        var names = Columns.Pairs.Select(pair => pair.Input).ToArray();
        var reader = new PairReader(_host, input, names, _options.NormalizeInput, _options.UnusableRows);
        TrainingRun.GetOutputDimension(reader.Dimensions, _options);
        var pairs = new TrainingPairs(reader, _options);
        if (pairs.SkippedCount > 0)
        {
            using var channel = _host.Start("Read pairs");
            channel.Warning($"{pairs.SkippedCount} of {pairs.SkippedCount + pairs.TrainedCount + (pairs.HasHeldOut ? pairs.Watched.Count : 0)} pairs of '{names[0]}' and '{names[1]}' could not be used and were left out.");
        }

        var maps = new TrainingRun(_host, pairs, reader.Dimensions, _options).Run();
        return new EmbeddingMapTransformer(_host, Columns, [.. names.Select((name, i) => new ModalityMap(name, maps[i], pairs.Statistics[i])
        {
            ExpectedInput = MapFingerprint.Find(EmbeddingColumns.Find(_host, input.Schema, name)) ?? ModalityMap.RawInput,
        })]);
    }

    /// <summary>The columns, the loss and the epochs.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{nameof(TrainModalityNormalizationEstimator)} of {Columns}: {_options.Loss}, {_options.Epochs} epochs");

    /// <inheritdoc />
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) =>
        Columns.PromiseSchema(_host, inputSchema, keepsDimension: _options.OutputDimension is null);
}
