namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Options of <see cref="TrainModalityNormalizationEstimator"/>. <see cref="Paper"/> has the settings that the I0T paper's I0T_async was trained with (github.com/xfactlab/I0T,
/// <c>scripts/train.sh</c>); <see cref="Default"/> differs by its learning rate alone: see there.
/// </summary>
public sealed record TrainModalityNormalizationOptions : ModalityFitOptions
{
    internal const double DefaultWarmupShare = 0.1;

    /// <summary>The defaults: the paper's loss and settings, with a learning rate at which γ and β learn something.</summary>
    public static TrainModalityNormalizationOptions Default { get; } = new();

    /// <summary>
    /// I0T_async as the paper has it: CyCLIP's loss without label smoothing, InfoNCE + 0.25·(cross-modal + in-modal consistency), at a fixed scale of e^4.6052 ≈ 100; AdamW at 1e-6 with
    /// weight decay 1e-2, a warm-up of 200 steps and a cosine, 3 epochs, batches of 64. At that rate γ and β hardly move from 1 and 0, so what closes the gap is the standardisation by
    /// running statistics. One thing cannot be had on frozen embeddings: the dropout inside the encoders by which the paper augments a batch (MCSIE). As in the paper's code the warm-up is of 200 steps however short the
    /// training is (<see cref="WarmupShare"/> is 1).
    /// </summary>
    public static TrainModalityNormalizationOptions Paper { get; } = new()
    {
        Loss = CyclipLoss(LogitScale.Fixed(Math.Exp(4.6052))),
        LearningRate = 1e-6,
        WeightDecay = 1e-2,
        WarmupSteps = 200,
        WarmupShare = 1,
        Epochs = 3,
        BatchSize = 64,
    };

    /// <summary>What is trained. Default <see cref="TrainingHead.BatchNorm"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public TrainingHead Head
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Head), value, "Unknown head.");
    }

    /// <summary>
    /// The dimensions that a head with a linear layer yields; <see langword="null"/> for as many as both modalities have. Modalities of different dimensions need
    /// it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int? OutputDimension
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(OutputDimension), value, "The dimension must be positive.");
    }

    /// <summary>
    /// What is made small. Default CyCLIP's loss, as in the paper: InfoNCE with a fixed scale of 100 + 0.25·(<see cref="Loss.CrossModalConsistency"/> +
    /// <see cref="Loss.InModalConsistency"/>), without label smoothing, which belongs to another path of the paper's code.
    /// </summary>
    /// <exception cref="ArgumentNullException">It is <see langword="null"/>.</exception>
    public Loss Loss
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Loss));
    } = CyclipLoss(LogitScale.Default);

    /// <summary>Pairs in a batch, at least 2; each is contrasted with the others. Default 64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 2 to 16,384.</exception>
    public int BatchSize
    {
        get;
        init => field = value is >= 2 and <= 16_384 ? value : throw new ArgumentOutOfRangeException(nameof(BatchSize), value, "A batch has from 2 to 16,384 pairs.");
    } = 64;

    /// <summary>Passes over the data. Default 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int Epochs
    {
        get;
        init => field = CheckPositive(value, nameof(Epochs));
    } = 3;

    /// <summary>
    /// The highest learning rate. Default 1e-4, the default of the paper's code; the command it was run with says 1e-6 (<see cref="Paper"/>), at which γ and β hardly move from
    /// where they begin.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 1.</exception>
    public double LearningRate
    {
        get;
        init => field = CheckRange(value, 0, 1, nameof(LearningRate));
    } = 1e-4;

    /// <summary>AdamW's weight decay, of all parameters but learned scales. Default 1e-2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 1.</exception>
    public double WeightDecay
    {
        get;
        init => field = CheckRange(value, 0, 1, nameof(WeightDecay));
    } = 1e-2;

    /// <summary>AdamW's decay of the gradients' mean. Default 0.9.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 0, or not below 1.</exception>
    public double Beta1
    {
        get;
        init => field = CheckRange(value, 0, BelowOne, nameof(Beta1));
    } = 0.9;

    /// <summary>AdamW's decay of the gradients' square. Default 0.999.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 0, or not below 1.</exception>
    public double Beta2
    {
        get;
        init => field = CheckRange(value, 0, BelowOne, nameof(Beta2));
    } = 0.999;

    /// <summary>AdamW's ε. Default 1e-8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0, or above 1.</exception>
    public double AdamEpsilon
    {
        get;
        init => field = CheckRange(value, double.Epsilon, 1, nameof(AdamEpsilon));
    } = 1e-8;

    /// <summary>
    /// Steps over which the learning rate grows; it falls as half a cosine afterwards. Default 200, but never more than <see cref="WarmupShare"/> of all steps.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int WarmupSteps
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(WarmupSteps), value, "The number of steps cannot be negative.");
    } = 200;

    /// <summary>
    /// The largest part of a training that is warm-up. Default a tenth, so that a short training is not all warm-up; 1, as in <see cref="Paper"/>, for <see cref="WarmupSteps"/> as they stand, which a training of
    /// fewer steps does not get to the end of.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 1.</exception>
    public double WarmupShare
    {
        get;
        init => field = CheckRange(value, 0, 1, nameof(WarmupShare));
    } = DefaultWarmupShare;

    /// <summary>The share of a new batch in the running statistics. Default 0.1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 1e-6 to 1.</exception>
    public double Momentum
    {
        get;
        init => field = CheckRange(value, 1e-6, 1, nameof(Momentum));
    } = 0.1;

    /// <summary>ε of batch normalisation, which is added to variances. Default 1e-5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 1e-12 to 1.</exception>
    public double Epsilon
    {
        get;
        init => field = CheckRange(value, 1e-12, 1, nameof(Epsilon));
    } = 1e-5;

    /// <summary>Which statistics the fitted maps have. Default <see cref="NormalizationStatistics.Running"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public NormalizationStatistics Statistics
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Statistics), value, "Unknown statistics.");
    }

    /// <summary>
    /// The share of pairs, drawn at random, that is not trained on but measured at the end of each epoch; at most 20,000 pairs. Default 0: none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 0.9.</exception>
    public double ValidationFraction
    {
        get;
        init => field = CheckRange(value, 0, 0.9, nameof(ValidationFraction));
    }

    /// <summary>
    /// Stops after so many epochs in which the held-out loss did not fall, and goes back to the best; <see langword="null"/> for no early stop. Needs
    /// <see cref="ValidationFraction"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int? Patience
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Patience), value, "The number of epochs must be positive.");
    }

    /// <summary>
    /// Seeds the order of the pairs, which are held out, and what else is random. Default 0. The same seed, data and options give the same maps, for any number
    /// of threads.
    /// </summary>
    public int Seed { get; init; }

    /// <summary>
    /// How many pairs are held in memory and shuffled among each other; <see langword="null"/> for what 1 GiB holds. Data with no more pairs is read once; other
    /// data is read again each epoch, .npy files block by block in random order, anything else from its beginning.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 2.</exception>
    public int? ShuffleSize
    {
        get;
        init => field = value is null or >= 2 ? value : throw new ArgumentOutOfRangeException(nameof(ShuffleSize), value, "At least 2 pairs must be held in memory.");
    }

    /// <summary>
    /// A file in which training keeps its state; <see langword="null"/> for none. Where it exists, training goes on from it, and ends with the same maps, bit for
    /// bit, as if it had not been interrupted.
    /// </summary>
    public string? StatePath { get; init; }

    /// <summary>Steps between two writes of the state, beside those at the end of an epoch and on cancelling; <see langword="null"/> for these only.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int? StateInterval
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(StateInterval), value, "The number of steps must be positive.");
    }

    /// <summary>The most threads to use; −1 for as many as there are cores. The result does not depend on it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is neither −1 nor positive.</exception>
    public int MaxDegreeOfParallelism
    {
        get;
        init
        {
            RowBlocks.CheckDegreeOfParallelism(value, nameof(MaxDegreeOfParallelism));
            field = value;
        }
    } = -1;

    /// <summary>Ends the training between two steps, by an <see cref="OperationCanceledException"/>; its state is stored before where that is asked for.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Called at the end of each epoch, on the thread that trains; ML.NET's log and progress channels are told the same.</summary>
    public Action<TrainingEpoch>? EpochCompleted { get; init; }

    private const double BelowOne = 1 - 1e-9;

    private static Loss CyclipLoss(LogitScale scale) => Loss.InfoNCE(scale) + 0.25 * (Loss.CrossModalConsistency() + Loss.InModalConsistency());

    private static int CheckPositive(int value, string name) =>
        value > 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive.");

    private static double CheckRange(double value, double minimum, double maximum, string name) =>
        value >= minimum && value <= maximum
            ? value
            : throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"{name} must be from {minimum:R} to {maximum:R}."));
}
