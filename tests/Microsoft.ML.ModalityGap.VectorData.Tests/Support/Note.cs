using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>A record with a property of each kind.</summary>
public sealed class Note
{
    [VectorStoreKey]
    public string Id { get; set; } = "";

    [VectorStoreData(IsIndexed = true)]
    public string? Kind { get; set; }

    [VectorStoreData(IsFullTextIndexed = true, StorageName = "text")]
    public string? Text { get; set; }

    [VectorStoreData]
    public int Year { get; set; }

    [VectorStoreData]
    public double? Price { get; set; }

    [VectorStoreData(IsIndexed = true)]
    public List<string>? Tags { get; set; }

    [VectorStoreVector(2)]
    public ReadOnlyMemory<float> Vector { get; set; }

    public static Note Create(string id, float x, float y, string? kind = null, string? text = null, int year = 0, params string[] tags) =>
        new() { Id = id, Kind = kind, Text = text, Year = year, Tags = [.. tags], Vector = new[] { x, y } };
}

/// <summary>A record whose embedding says the maps and the modality.</summary>
public sealed class Picture
{
    [VectorStoreKey]
    public long Id { get; set; }

    [VectorStoreData(IsIndexed = true)]
    public string? Modality { get; set; }

    [VectorStoreData(IsIndexed = true)]
    public string? Maps { get; set; }

    [VectorStoreData(IsFullTextIndexed = true)]
    public string? Caption { get; set; }

    [VectorStoreVector(8)]
    public Embedding<float>? Vector { get; set; }
}
