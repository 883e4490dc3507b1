using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>A value of <c>--method</c>. A new one is a file with a class like <see cref="CenterMethod"/> and its line in <see cref="FitMethods"/>.</summary>
internal abstract class FitMethod
{
    /// <summary>What one types.</summary>
    internal abstract string Name { get; }

    /// <summary>What the help says of it, in a few words.</summary>
    internal abstract string Description { get; }

    /// <summary>Options that only this method has.</summary>
    internal virtual IReadOnlyList<Option> Options => [];

    /// <summary>Whether row i of all modalities must belong together.</summary>
    internal virtual bool NeedsPairs => false;

    /// <summary>Files besides the modalities' that this method reads or writes.</summary>
    internal virtual IEnumerable<string> GetFiles(ParseResult result) => [];

    /// <summary>The estimator whose transformer is the map: an <see cref="EmbeddingMapEstimator"/>, unless the method needs pairs.</summary>
    internal abstract IEstimator<EmbeddingMapTransformer> CreateEstimator(MLContext ml, ModalityColumns columns, FitSettings settings);
}
