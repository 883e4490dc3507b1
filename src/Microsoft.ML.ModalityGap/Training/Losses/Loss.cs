using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What training on pairs makes small: a function of two batches of unit vectors whose rows are pairs. Losses are immutable, and combine by weights:
/// <c>Loss.InfoNCE() + 0.5 * Loss.Uniformity()</c>.
/// </summary>
/// <remarks>
/// <para>In the formulas x_i and y_i are the i-th pair of N, s_ij = x_i·y_j, and σ is a logit scale (1/τ, the inverse temperature). A symmetric loss is the
/// mean of both directions; only that from x to y is written down.</para>
/// <para>Gradients are analytic. Exponentials are taken relative to the largest one, so that neither a scale of 100 nor rows that are equal make anything
/// infinite or NaN. A batch has at least 2 pairs.</para>
/// </remarks>
/// <seealso cref="TrainModalityNormalizationOptions.Loss"/>
public abstract class Loss
{
    private protected Loss()
    {
    }

    /// <summary>
    /// The symmetric contrastive loss of CLIP: mean_i −Σ_j q_ij log softmax_j(σ s_i·), where q_ij = (1−ε)·[i=j] + ε/N.
    /// </summary>
    /// <param name="scale">σ; <see langword="null"/> for a fixed 100.</param>
    /// <param name="labelSmoothing">ε, at least 0 and below 1. Long-CLIP's path in I0T's code has 0.1, I0T_async none.</param>
    /// <remarks>Source: Radford et al., 2021 (arXiv 2103.00020); van den Oord et al., 2018 (arXiv 1807.03748).</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="labelSmoothing"/> is outside its range.</exception>
    public static Loss InfoNCE(LogitScale? scale = null, double labelSmoothing = 0) => new InfoNceLoss(scale ?? LogitScale.Default, labelSmoothing);

    /// <summary>CyCLIP's consistency across modalities: 1/N Σ_ij (s_ij − s_ji)². CyCLIP adds it to InfoNCE with weight 0.25.</summary>
    /// <remarks>Source: Goel et al., 2022 (arXiv 2205.14459).</remarks>
    public static Loss CrossModalConsistency() => new CrossModalConsistencyLoss();

    /// <summary>CyCLIP's consistency within modalities: 1/N Σ_ij (x_i·x_j − y_i·y_j)². CyCLIP adds it to InfoNCE with weight 0.25.</summary>
    /// <remarks>Source: Goel et al., 2022 (arXiv 2205.14459).</remarks>
    public static Loss InModalConsistency() => new InModalConsistencyLoss();

    /// <summary>CLOOB's InfoLOOB ("leave one out bound"): mean_i −σ s_ii + log Σ_{j≠i} exp(σ s_ij), symmetric. Without CLOOB's Hopfield retrieval.</summary>
    /// <param name="scale">σ = 1/τ; <see langword="null"/> for a fixed 100. CLOOB's is 14.3 (<see cref="Cloob"/>).</param>
    /// <remarks>Source: Fürst et al., 2022 (arXiv 2110.11316).</remarks>
    public static Loss InfoLOOB(LogitScale? scale = null) => new InfoLoobLoss(scale ?? LogitScale.Default);

    /// <summary>
    /// InfoLOOB as CLOOB's code weighs it: both directions added up, not averaged, and times τ, which is (2τ)·<see cref="InfoLOOB"/> at the scale 1/τ. Without CLOOB's Hopfield retrieval.
    /// Alone a factor only scales the gradient, which AdamW hardly notices; beside other terms it is their weight.
    /// </summary>
    /// <param name="inverseTemperature">1/τ; CLOOB's is 14.3.</param>
    /// <remarks>Source: Fürst et al., 2022 (arXiv 2110.11316).</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="inverseTemperature"/> is not positive and finite.</exception>
    public static Loss Cloob(double inverseTemperature = 14.3) =>
        2 / CheckPositive(inverseTemperature, nameof(inverseTemperature)) * InfoLOOB(LogitScale.Fixed(inverseTemperature));

    /// <summary>Partners near each other: mean_i ‖x_i − y_i‖².</summary>
    /// <remarks>Source: Wang and Isola, 2020 (arXiv 2005.10242); between modalities: Fahim et al., It's Not a Modality Gap, 2024 (arXiv 2405.18570).</remarks>
    public static Loss Alignment() => new AlignmentLoss();

    /// <summary>Each modality spread over the sphere: log mean_{i≠j} exp(−t ‖x_i − x_j‖²), the mean of both modalities.</summary>
    /// <param name="t">t, above 0. Usual is 2.</param>
    /// <remarks>Source: Wang and Isola, 2020 (arXiv 2005.10242).</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="t"/> is not positive and finite.</exception>
    public static Loss Uniformity(double t = 2) => new UniformityLoss(t);

    /// <summary>Strangers of the other modality far away: log mean_{i≠j} exp(−t ‖x_i − y_j‖²).</summary>
    /// <param name="t">t, above 0. Usual is 2.</param>
    /// <remarks>Source: Fahim et al., It's Not a Modality Gap, 2024 (arXiv 2405.18570).</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="t"/> is not positive and finite.</exception>
    public static Loss CrossModalUniformity(double t = 2) => new CrossModalUniformityLoss(t);

    /// <summary>
    /// Geodesic multi-modal mixup, m²-mix: InfoNCE in which the negatives of x_i are points on the great circle between x_j and y_j,
    /// (sin(λθ_j)·x_j + sin((1−λ)θ_j)·y_j)/sin θ_j with cos θ_j = s_jj; symmetric. λ is drawn once a batch from Beta(α, α).
    /// </summary>
    /// <param name="scale">σ; <see langword="null"/> for a fixed 100.</param>
    /// <param name="alpha">α, above 0 and at most 4.</param>
    /// <remarks>Source: Oh et al., 2023 (arXiv 2203.03897).</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> is outside its range.</exception>
    public static Loss GeodesicMixup(LogitScale? scale = null, double alpha = 0.5) => new GeodesicMixupLoss(scale ?? LogitScale.Default, alpha);

    /// <summary>
    /// Decoupled contrastive learning: mean_i −w_i σ s_ii + log Σ_{j≠i} (exp(σ s_ij) + exp(σ x_i·x_j)), symmetric: the positive is not among what it is
    /// compared with, the rows of its own modality are.
    /// </summary>
    /// <param name="scale">σ; <see langword="null"/> for a fixed 100.</param>
    /// <param name="weightTemperature">
    /// Of the weights w_i = 2 − exp(s_ii/ω)/mean_j exp(s_jj/ω), by which hard positives count more: ω, above 0; the paper's is 0.5.
    /// <see langword="null"/> for w_i = 1.
    /// </param>
    /// <remarks>Source: Yeh et al., 2022 (arXiv 2110.06848).</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weightTemperature"/> is not positive and finite.</exception>
    public static Loss DecoupledContrastive(LogitScale? scale = null, double? weightTemperature = null) =>
        new DecoupledContrastiveLoss(scale ?? LogitScale.Default, weightTemperature);

    /// <summary>
    /// The continuously weighted contrastive loss: mean_i −Σ_j q_ij log softmax_j(σ s_i·), where q_ij is proportional to w_ij = (1 + cos)/2 between inputs i
    /// and j of the frozen encoder; the other direction is plain InfoNCE.
    /// </summary>
    /// <param name="weightsFrom">The modality whose input embeddings say how alike two rows are, and whose rows are the queries of the weighted direction.</param>
    /// <param name="scale">σ; <see langword="null"/> for a fixed 100.</param>
    /// <remarks>
    /// <para>Embeddings of a narrow cone are all alike to it: close the gap first, or the targets are nearly uniform.</para>
    /// <para>Source: Srinivasa et al., CWCL, 2023 (arXiv 2309.14580).</para>
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weightsFrom"/> is unknown.</exception>
    public static Loss ContinuouslyWeighted(SimilaritySource weightsFrom = SimilaritySource.Both, LogitScale? scale = null) =>
        new ContinuouslyWeightedLoss(scale ?? LogitScale.Default, weightsFrom);

    /// <summary>SigLIP's pairwise loss: −1/N Σ_ij log sigmoid(z_ij (σ s_ij + b)), with z_ij = 1 for partners and −1 for all others.</summary>
    /// <param name="scale">σ; <see langword="null"/> for one that is learned, beginning at 10.</param>
    /// <param name="bias">b, or where it begins.</param>
    /// <param name="learnsBias">Whether b is learned.</param>
    /// <remarks>Source: Zhai et al., 2023 (arXiv 2303.15343).</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bias"/> is not finite.</exception>
    public static Loss Sigmoid(LogitScale? scale = null, double bias = -10, bool learnsBias = true) =>
        new SigmoidLoss(scale ?? LogitScale.Learned(10, maximum: 1000), bias, learnsBias);

    /// <summary>
    /// The mean of a loss over prefixes: for each length k, the loss of the first k dimensions, normalised again. What is trained so can be shortened by
    /// <see cref="TruncateStep"/>.
    /// </summary>
    /// <param name="inner">The loss of one prefix; learned scales are shared by all.</param>
    /// <param name="prefixes">The lengths, each positive and given once. Name the full length, too, where it is to count.</param>
    /// <remarks>Source: Kusupati et al., Matryoshka Representation Learning, 2022 (arXiv 2205.13147).</remarks>
    /// <exception cref="ArgumentException">There is no prefix, or one is given twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A prefix is not positive.</exception>
    public static Loss Matryoshka(Loss inner, params IReadOnlyList<int> prefixes) => new MatryoshkaLoss(inner, prefixes);

    /// <summary>The sum of two losses.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static Loss operator +(Loss left, Loss right) => new LossSum(left, right);

    /// <summary>A loss times a weight.</summary>
    /// <param name="weight">The weight; not negative, and finite.</param>
    /// <param name="loss">The loss.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weight"/> is negative or not finite.</exception>
    public static Loss operator *(double weight, Loss loss) => new WeightedLoss(weight, loss);

    /// <summary>A loss times a weight.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="weight">The weight; not negative, and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weight"/> is negative or not finite.</exception>
    public static Loss operator *(Loss loss, double weight) => new WeightedLoss(weight, loss);

    /// <summary>The loss and its options, such as <c>InfoNCE(scale 100, smoothing 0.1) + 0.5 * Uniformity(t 2)</c>.</summary>
    public abstract override string ToString();

    /// <summary>Adds what the loss is made of: its elementary losses, each with its weight and the prefix of the dimensions it sees.</summary>
    internal abstract void CollectTerms(ICollection<LossTerm> terms, double weight, int? prefix);

    private protected static string Format(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private protected static double CheckPositive(double value, string parameterName) =>
        double.IsFinite(value) && value > 0
            ? value
            : throw new ArgumentOutOfRangeException(parameterName, value, "The value must be positive and finite.");
}
