using System.CommandLine;
using System.Globalization;

namespace Microsoft.ML.ModalityGap.Tool;

using Command = System.CommandLine.Command; // Microsoft.ML.Command is a namespace

/// <summary><c>--for-store</c> and <c>--asking</c>: maps that fold the correction in, for stores that rank by the inner product.</summary>
internal sealed class ForStoreOptions
{
    private readonly Option<string> _forStore = new("--for-store")
    {
        Description = "Fold the model's correction into the vectors, so that a store ranks by the inner product as a corrected search does: gallery for the rows it holds, query for what it is asked.",
        HelpName = "gallery|query",
    };

    private readonly Option<string> _asking = new("--asking")
    {
        Description = "--for-store: the modalities that ask, the same for gallery and queries. Default: all of the model's.",
        HelpName = "a,b",
    };

    internal void AddTo(Command command)
    {
        command.Options.Add(_forStore);
        command.Options.Add(_asking);
    }

    /// <summary>gallery or query; <see langword="null"/> where nothing is folded.</summary>
    internal string? GetSide(ParseResult result) => result.GetValue(_forStore);

    /// <summary>The model to use: with the correction folded in where that is asked for.</summary>
    internal ModelFile Apply(Session session, ParseResult result, ModelFile model)
    {
        var (side, asking) = (result.GetValue(_forStore), result.GetValue(_asking)?.Split(',', StringSplitOptions.TrimEntries));
        if (side is null)
            return asking is null ? model : throw new UsageException("--asking goes with --for-store.");
        if (side is not ("gallery" or "query"))
            throw new UsageException($"--for-store takes gallery or query, but '{side}' was given.");
        if (model.Correction is not { } correction)
            throw new UsageException($"'{model.Path}' has maps alone; a correction to fold in is fitted by 'modality-gap fit --correction ...'.");
        asking ??= [.. correction.Modalities];
        if (asking.FirstOrDefault(name => !correction.Modalities.Contains(name)) is { } unknown)
            throw new UsageException($"--asking: the model has no modality '{unknown}'. It has '{string.Join("', '", correction.Modalities)}'.");
        if (asking.Distinct(StringComparer.Ordinal).Count() < asking.Length)
            throw new UsageException($"--asking names a modality twice: {string.Join(", ", asking)}.");
        var deviation = correction.GetSharedScaleDeviation(asking);
        if (deviation > 1e-6)
            session.AddWarning(string.Create(CultureInfo.InvariantCulture, $"modalities that ask together share a scale per gallery row; it differs by up to {deviation:P1} from each one's own. Name one with --asking for the exact ranking."));
        return model.Fold(side == "gallery", asking);
    }
}
