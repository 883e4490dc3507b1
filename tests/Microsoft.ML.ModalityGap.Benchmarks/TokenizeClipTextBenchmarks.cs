using BenchmarkDotNet.Attributes;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>
/// Captions of eight words on one core; one word in forty is one of 20,000 rarer ones. Target: 200,000 captions a second, 5 µs each. The vocabulary is a small
/// one that is made here; with CLIP's the rows are shorter and the times no longer.
/// </summary>
public class TokenizeClipTextBenchmarks
{
    internal const int Captions = 20_000;

    private readonly long[] _ids = new long[77];
    private readonly long[] _mask = new long[77];
    private string[] _captions = [];
    private ClipTokenizer? _tokenizer;
    private IDataView? _output;

    [GlobalSetup]
    public void Setup()
    {
        var path = Path.GetTempFileName();
        File.WriteAllLines(path, ["#version: 0.2", "t h", "th e</w>", "i n", "a n", "in g</w>", "o f</w>", "r e", "e r</w>", "o n</w>", "a t</w>"]);
        _tokenizer = ClipTokenizer.FromMergesFile(path);
        File.Delete(path);

        var random = new Random(1);
        var common = "a photo of the cat dog playing in snow red blue green man woman child kitchen bicycle painting under running behind with on street"
            .Split(' ');
        var rare = Enumerable.Range(0, 20_000).Select(_ => string.Create(3 + random.Next(7), random, static (word, source) =>
        {
            for (var i = 0; i < word.Length; i++)
                word[i] = (char)('a' + source.Next(26));
        })).ToArray();
        string NextWord() => random.Next(40) == 0 ? rare[random.Next(rare.Length)] : common[random.Next(common.Length)];
        _captions = [.. Enumerable.Range(0, Captions).Select(_ => string.Join(' ', Enumerable.Range(0, 8).Select(_ => NextWord())) + ".")];

        var context = new MLContext(seed: 1);
        var data = context.Data.LoadFromEnumerable(_captions.Select(caption => new Row { Caption = caption }).ToList());
        _output = context.Transforms.TokenizeClipText(_tokenizer, nameof(Row.Caption)).Fit(data).Transform(data);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Captions)]
    public long Encode()
    {
        var count = 0L;
        foreach (var caption in _captions)
            count += _tokenizer!.Encode(caption, _ids, _mask, out _);
        return count;
    }

    /// <summary>The same through a data view; ML.NET reads ahead on a second thread.</summary>
    [Benchmark(OperationsPerInvoke = Captions)]
    public long Pipeline()
    {
        DataViewSchema.Column[] columns = [_output!.Schema["input_ids"], _output.Schema["attention_mask"]];
        using var cursor = _output.GetRowCursor(columns);
        var getters = Array.ConvertAll(columns, column => cursor.GetGetter<VBuffer<long>>(column));
        VBuffer<long> values = default;
        var count = 0L;
        while (cursor.MoveNext())
        {
            foreach (var getter in getters)
            {
                getter(ref values);
                count += values.GetValues()[0];
            }
        }

        return count;
    }

    private sealed class Row
    {
        public string Caption { get; set; } = "";
    }
}
