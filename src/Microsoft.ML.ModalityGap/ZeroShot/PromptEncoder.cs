using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What turns prompts into embeddings: a delegate, or an ML.NET pipeline over a text column (see <see cref="ModalityGapCatalog.CreatePromptEncoder(IEstimator{ITransformer}, string, string)"/>
/// and its overloads). The one seam between zero-shot classification and text encoders.
/// </summary>
public sealed class PromptEncoder
{
    private readonly Func<IReadOnlyList<string>, IReadOnlyList<float[]>> _encode;
    private readonly PipelineOutput? _output;

    /// <summary>Creates an encoder from a delegate.</summary>
    /// <param name="encode">Gets texts and gives an embedding for each, in the same order and all of one dimension; they need not be normalised.</param>
    public PromptEncoder(Func<IReadOnlyList<string>, IReadOnlyList<float[]>> encode)
    {
        ArgumentNullException.ThrowIfNull(encode);
        _encode = encode;
    }

    private PromptEncoder(Func<PipelineOutput, IReadOnlyList<string>, IReadOnlyList<float[]>> encode)
    {
        _output = new PipelineOutput();
        _encode = texts => encode(_output, texts);
    }

    /// <summary>Whether it is known what the embeddings came through.</summary>
    internal bool IsPipeline => _output is not null;

    /// <summary>The maps that a pipeline's embeddings came through, once it has encoded something; <see langword="null"/> for none.</summary>
    internal string? Fingerprint => _output?.Fingerprint;

    /// <summary>Encodes texts, and checks what comes back.</summary>
    /// <param name="texts">The texts.</param>
    /// <returns>An embedding for each, as the encoder gives it.</returns>
    /// <exception cref="InvalidDataException">The encoder gives another number of embeddings than texts, different dimensions, or one without a direction (NaN,
    /// infinity, only zeros).</exception>
    public IReadOnlyList<float[]> Encode(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (texts.Count == 0)
            return [];
        var embeddings = _encode(texts);
        if (embeddings is null || embeddings.Count != texts.Count)
            throw new InvalidDataException($"The text encoder was given {texts.Count} texts and gave back {embeddings?.Count ?? 0} embeddings; one for each is needed.");
        for (var i = 0; i < embeddings.Count; i++)
        {
            if (embeddings[i] is null || embeddings[i].Length == 0)
                throw new InvalidDataException($"The text encoder gave no embedding for «{texts[i]}».");
            var dimension = embeddings[0].Length;
            var defect = embeddings[i].Length == dimension ? RowDefects.Find(embeddings[i], zeroNormIsDefect: true) : RowDefect.WrongLength;
            if (defect != RowDefect.None)
                throw new InvalidDataException($"The text encoder's embedding of «{texts[i]}» cannot be used: it holds {RowDefects.Describe(defect, embeddings[i], dimension)}.");
        }

        return embeddings;
    }

    /// <summary>Fits the pipeline on the texts themselves each time, which is for pipelines that learn nothing from them.</summary>
    internal static PromptEncoder FromPipeline(IHostEnvironment env, IEstimator<ITransformer> pipeline, string inputColumnName, string outputColumnName) =>
        new((output, texts) =>
        {
            var data = CreateDataView(env, inputColumnName, texts);
            var transformer = pipeline.Fit(data);
            try
            {
                return output.Read(env, transformer.Transform(data), outputColumnName);
            }
            finally
            {
                // What was opened here, such as the session of an ONNX encoder, is closed here.
                (transformer as IDisposable)?.Dispose();
            }
        });

    internal static PromptEncoder FromTransformer(IHostEnvironment env, ITransformer transformer, string inputColumnName, string outputColumnName) =>
        new((output, texts) => output.Read(env, transformer.Transform(CreateDataView(env, inputColumnName, texts)), outputColumnName));

    private static IDataView CreateDataView(IHostEnvironment env, string columnName, IReadOnlyList<string> texts)
    {
        var builder = new ArrayDataViewBuilder(env);
        builder.AddColumn(columnName, [.. texts]);
        return builder.GetDataView();
    }

    /// <summary>Reads what a pipeline gives, and keeps in mind what that came through.</summary>
    private sealed class PipelineOutput
    {
        internal string? Fingerprint { get; private set; }

        internal List<float[]> Read(IHostEnvironment env, IDataView data, string columnName)
        {
            var column = EmbeddingColumns.Find(env, data.Schema, columnName);
            Fingerprint = MapFingerprint.Find(column);
            var rows = new List<float[]>();
            using var cursor = data.GetRowCursor([column]);
            var getter = cursor.GetGetter<VBuffer<float>>(column);
            VBuffer<float> row = default;
            while (cursor.MoveNext())
            {
                getter(ref row);
                rows.Add([.. row.DenseValues()]);
            }

            return rows;
        }
    }
}
