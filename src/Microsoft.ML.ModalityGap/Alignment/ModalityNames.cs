namespace Microsoft.ML.ModalityGap;

/// <summary>Finds the modality that an option names.</summary>
internal static class ModalityNames
{
    /// <returns>Its index; <see langword="null"/> where none is named.</returns>
    /// <exception cref="ArgumentException">There is no such modality.</exception>
    internal static int? Find(MapFitSource source, string? name, string option)
    {
        if (name is null)
            return null;
        var index = source.Modalities.ToList().IndexOf(name);
        return index >= 0
            ? index
            : throw new ArgumentException($"{option} names the modality '{name}', but there is '{string.Join("', '", source.Modalities)}'.");
    }
}
