using System.Text.Json;

namespace Microsoft.ML.ModalityGap;

/// <summary>The fields of a preprocessing in JSON; a field of the value null is as good as none. What it throws names the field.</summary>
internal readonly struct PreprocessorFields(JsonElement element)
{
    internal const string Type = "image_processor_type";

    private const string OldType = "feature_extractor_type";

    private const string Rescale = "do_rescale";
    private const string RescaleFactor = "rescale_factor";
    private const string Normalize = "do_normalize";
    private const int Bilinear = 2;
    private const int Bicubic = 3;

    // Hugging Face's names first: where both are there, those are its own.
    private static readonly string[] _mean = ["image_mean", "mean"];
    private static readonly string[] _standardDeviation = ["image_std", "std"];
    private static readonly string[] _resampling = ["resample", "interpolation"];

    // Steps that change pixels and that we do not have, with what switches each of them on.
    private static readonly (string Name, Func<JsonElement, bool> IsOn)[] _unsupported =
    [
        ("max_num_patches", _ => true), // SigLIP 2's NaFlex: patches instead of an image
        ("crop_pct", _ => true),
        ("do_pad", value => value.ValueKind == JsonValueKind.True),
        ("do_flip_channel_order", value => value.ValueKind == JsonValueKind.True),
        ("rescale_offset", value => value.ValueKind == JsonValueKind.True),
    ];

    /// <summary>The names that say something about preprocessing.</summary>
    internal static IReadOnlyList<string> Known { get; } =
    [
        "do_resize", "size", "resize_mode", "do_center_crop", "crop_size", .. _resampling, Rescale, RescaleFactor, Normalize, .. _mean, .. _standardDeviation,
    ];

    internal JsonElement? Find(string name) => element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    internal PreprocessorFields? FindObject(string name) => Find(name) is { ValueKind: JsonValueKind.Object } value ? new PreprocessorFields(value) : null;

    internal bool HasAny(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (Find(name) is not null)
                return true;
        }

        return false;
    }

    /// <summary>The kind of processor, as it calls itself; empty where it does not.</summary>
    internal string GetKind() => (Find(Type) ?? Find(OldType)) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    /// <summary>Whether a field is a text of this end.</summary>
    internal bool EndsWith(string name, string end) => Find(name) is { ValueKind: JsonValueKind.String } value && value.GetString()!.EndsWith(end, StringComparison.Ordinal);

    /// <summary>The first field that asks for what cannot be done.</summary>
    internal string? FindUnsupported()
    {
        foreach (var (name, isOn) in _unsupported)
        {
            if (Find(name) is { } value && isOn(value))
                return name;
        }

        return null;
    }

    internal string DescribeNames()
    {
        var names = element.EnumerateObject().Select(property => property.Name).ToArray();
        return names.Length == 0 ? "no fields" : $"'{string.Join("', '", names.Take(8))}'{(names.Length > 8 ? $" and {names.Length - 8} more" : "")}";
    }

    /// <summary>The same preprocessing with these fields' filter, factor, mean and deviation, which all forms have in common; what is missing stays.</summary>
    internal ClipImagePreprocessing Complete(ClipImagePreprocessing preprocessing)
    {
        var result = preprocessing with
        {
            Resampling = GetResampling(preprocessing.Resampling),
            RescaleFactor = GetBoolean(Rescale, true) ? GetNumber(RescaleFactor, 1.0 / 255) : 1,
        };
        return GetBoolean(Normalize, true)
            ? result with
            {
                Mean = GetRgb(_mean, preprocessing.Mean),
                StandardDeviation = GetRgb(_standardDeviation, preprocessing.StandardDeviation),
            }
            : result with { Mean = ClipPixelStatistics.ZeroMean, StandardDeviation = ClipPixelStatistics.UnitStandardDeviation };
    }

    internal bool GetBoolean(string name, bool missing) => Find(name) switch
    {
        null => missing,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw new InvalidDataException($"'{name}' is {Name(value)}, but true or false is expected."),
    };

    internal static int GetInteger(JsonElement value, string name) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
        ? number : throw new InvalidDataException($"'{name}' is {Name(value)}, but a whole number is expected.");

    internal static string Name(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= 40 ? text : $"{text[..40]}…";
    }

    /// <summary>The filter, by Pillow's number or by name; OpenCLIP's 'random' is of training, and bicubic otherwise.</summary>
    private ClipResampling GetResampling(ClipResampling missing)
    {
        if (FindFirst(_resampling) is not (var name, { } value))
            return missing;
        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString()!.ToLowerInvariant() switch
            {
                "bilinear" => ClipResampling.Bilinear,
                "bicubic" or "random" => ClipResampling.Bicubic,
                _ => throw new InvalidDataException($"'{name}' is {Name(value)}, but only \"bilinear\" and \"bicubic\" are supported."),
            };
        }

        return GetInteger(value, name) switch
        {
            Bilinear => ClipResampling.Bilinear,
            Bicubic => ClipResampling.Bicubic,
            var other => throw new InvalidDataException($"'{name}' is {other}, but only {Bilinear} (bilinear) and {Bicubic} (bicubic) are supported."),
        };
    }

    private RgbValues GetRgb(string[] names, RgbValues missing)
    {
        if (FindFirst(names) is not (var name, { } values))
            return missing;
        if (values.ValueKind == JsonValueKind.Number)
            return new RgbValues(ToSingle(values, name));
        if (values.ValueKind != JsonValueKind.Array || values.GetArrayLength() != 3)
            throw new InvalidDataException($"'{name}' is {Name(values)}, but three numbers are expected.");
        return new RgbValues(ToSingle(values[0], name), ToSingle(values[1], name), ToSingle(values[2], name));
    }

    private (string Name, JsonElement Value)? FindFirst(string[] names)
    {
        foreach (var name in names)
        {
            if (Find(name) is { } value)
                return (name, value);
        }

        return null;
    }

    private double GetNumber(string name, double missing) => Find(name) switch
    {
        null => missing,
        { ValueKind: JsonValueKind.Number } value => value.GetDouble(),
        { } value => throw new InvalidDataException($"'{name}' is {Name(value)}, but a number is expected."),
    };

    private static float ToSingle(JsonElement value, string name) => value.ValueKind == JsonValueKind.Number
        ? value.GetSingle() : throw new InvalidDataException($"'{name}' holds {Name(value)}, but numbers are expected.");
}
