using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>Where in a file beside the model a constant's numbers are.</summary>
/// <param name="Location">The file, relative to the model's folder.</param>
/// <param name="Offset">The first byte.</param>
/// <param name="Length">How many bytes; <see langword="null"/> for as many as the shape needs.</param>
internal sealed record OnnxExternalRange(string Location, long Offset, long? Length)
{
    internal static OnnxExternalRange Parse(string name, IReadOnlyDictionary<string, string> entries)
    {
        long? Number(string key) => !entries.TryGetValue(key, out var text) ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value
            : throw new InvalidDataException($"The {key} of the initializer '{name}' is no number, but '{text}'.");
        if (!entries.TryGetValue("location", out var location))
            throw new InvalidDataException($"The initializer '{name}' is in another file, but the model does not say in which.");
        return new OnnxExternalRange(location, Number("offset") ?? 0, Number("length"));
    }

    /// <summary>Reads exactly so many bytes.</summary>
    /// <exception cref="FileNotFoundException">The file is not beside the model.</exception>
    /// <exception cref="InvalidDataException">The file leads out of the model's folder, is too short, or the model states another length.</exception>
    internal byte[] Read(string modelPath, string name, long count)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(modelPath))!;
        var path = Path.GetFullPath(Path.Combine(folder, Location));
        if (!path.StartsWith(folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new InvalidDataException($"The initializer '{name}' of '{modelPath}' points to '{Location}', outside the model's folder.");
        if (!File.Exists(path))
            throw new FileNotFoundException($"The initializer '{name}' of '{modelPath}' is in '{path}', which does not exist. Put it beside the model.", path);
        using var stream = InputFile.OpenRead(path);
        if ((Length is { } length && length != count) || Offset > stream.Length - count)
            throw new InvalidDataException($"The initializer '{name}' of '{modelPath}' needs {count} bytes from {Offset} of '{path}', which has {stream.Length}; the model states {Length?.ToString(CultureInfo.InvariantCulture) ?? "no length"}.");
        var bytes = new byte[count];
        stream.Position = Offset;
        stream.ReadExactly(bytes);
        return bytes;
    }
}
