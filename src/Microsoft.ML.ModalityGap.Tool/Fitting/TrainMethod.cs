using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>I0T_async, and training by other losses and heads.</summary>
internal sealed class TrainMethod : FitMethod
{
    private static readonly TrainModalityNormalizationOptions _defaults = TrainModalityNormalizationOptions.Default;

    private static readonly Choices<TrainingHead> _heads =
        new(("batch-norm", TrainingHead.BatchNorm), ("linear", TrainingHead.Linear), ("batch-norm-linear", TrainingHead.BatchNormThenLinear));

    private readonly Option<string> _head = new Option<string>("--head")
    {
        Description = "What is trained: batch-norm (the default), linear, or batch-norm-linear.",
        HelpName = _heads.HelpName,
    }.Completing(_heads.Names);

    private readonly Option<bool> _paper = new("--paper")
    {
        Description = "Begin with the paper's settings: its loss, and a learning rate of 1e-6. Options beside it change these.",
    };

    private readonly Option<string> _loss = new("--loss")
    {
        Description = $"What is made small: a sum of {LossExpression.Help}. Default, as in the paper: infonce(100) + 0.25*cross-consistency + 0.25*in-consistency.",
        HelpName = "loss",
    };

    private readonly Option<int?> _epochs = new Option<int?>("--epochs") { Description = $"Passes over the data. Default {_defaults.Epochs}.", HelpName = "number" }.Within(1);

    private readonly Option<int?> _batchSize = new Option<int?>("--batch-size") { Description = $"Pairs in a batch. Default {_defaults.BatchSize}.", HelpName = "number" }.Within(2, 16_384);

    private readonly Option<double?> _learningRate = new Option<double?>("--learning-rate") { Description = FormattableString.Invariant($"The highest learning rate. Default {_defaults.LearningRate}."), HelpName = "rate" }.Within(1e-12);

    private readonly Option<int?> _dimensions = new Option<int?>("--dimensions") { Description = "The dimensions that a linear head yields. Default: as many as it takes.", HelpName = "number" }.Within(1);

    private readonly Option<double?> _validation = new Option<double?>("--validation") { Description = "The share of the rows fitted on that is kept from training to watch the loss on. Default 0.", HelpName = "share" }.Within(0, 0.99);

    private readonly Option<int?> _patience = new Option<int?>("--patience") { Description = "Stop after so many epochs in which that loss did not fall.", HelpName = "epochs" }.Within(1);

    private readonly Option<string> _state = new("--state") { Description = "Keep the training's state in this file, and go on from it where it exists.", HelpName = "file" };

    private readonly Option<int?> _shuffleSize = new Option<int?>("--shuffle-size") { Description = "How many pairs to hold in memory and shuffle among each other. Default: what 1 GiB holds.", HelpName = "pairs" }.Within(2);

    private readonly Option<bool> _exact = new("--exact-statistics") { Description = "Normalise by the statistics of all rows, not by running averages." };

    internal override string Name => "i0t-async";

    internal override string Description => "train a batch normalisation per modality on pairs (I0T_async)";

    internal override IReadOnlyList<Option> Options =>
        [_paper, _head, _loss, _epochs, _batchSize, _learningRate, _dimensions, _validation, _patience, _state, _shuffleSize, _exact];

    internal override bool NeedsPairs => true;

    internal override IEnumerable<string> GetFiles(ParseResult result) => result.GetValue(_state) is { } path ? [path] : [];

    internal override IEstimator<EmbeddingMapTransformer> CreateEstimator(MLContext ml, ModalityColumns columns, FitSettings settings)
    {
        var line = settings.CommandLine;
        if (columns.Pairs.Count != 2)
            throw new UsageException($"--method {Name} takes two modalities, but {columns.Pairs.Count} {(columns.Pairs.Count == 1 ? "is" : "are")} given.");
        if (line.GetValue(_patience) is not null && line.GetValue(_validation) is null or 0)
            throw new UsageException("--patience needs rows to watch: give --validation, such as 0.1.");
        if (line.GetValue(_dimensions) is not null && GetHead(line) == TrainingHead.BatchNorm)
            throw new UsageException("--dimensions is for a head with a linear layer: give --head linear or batch-norm-linear.");
        var defaults = line.GetValue(_paper) ? TrainModalityNormalizationOptions.Paper : _defaults;
        return ml.Transforms.TrainModalityNormalization(columns, defaults with
        {
            NormalizeInput = settings.NormalizeInput,
            UnusableRows = settings.UnusableRows,
            Seed = settings.Seed,
            Head = GetHead(line),
            Loss = line.GetValue(_loss) is { } loss ? LossExpression.Parse(loss) : defaults.Loss,
            Epochs = line.GetValue(_epochs) ?? defaults.Epochs,
            BatchSize = line.GetValue(_batchSize) ?? defaults.BatchSize,
            LearningRate = line.GetValue(_learningRate) ?? defaults.LearningRate,
            OutputDimension = line.GetValue(_dimensions),
            ValidationFraction = line.GetValue(_validation) ?? 0,
            Patience = line.GetValue(_patience),
            ShuffleSize = line.GetValue(_shuffleSize),
            StatePath = line.GetValue(_state),
            Statistics = line.GetValue(_exact) ? NormalizationStatistics.Exact : NormalizationStatistics.Running,
            CancellationToken = settings.CancellationToken,
            EpochCompleted = settings.Epochs.Add,
        });
    }

    private TrainingHead GetHead(ParseResult line) => line.GetValue(_head) is { } name ? _heads.Find(name, "head") : _defaults.Head;
}
