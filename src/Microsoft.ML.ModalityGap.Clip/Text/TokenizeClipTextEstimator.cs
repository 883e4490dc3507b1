using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Turns texts into the token ids and the attention mask that the text encoder of a CLIP-like model takes.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Needs to look at the data to fit</term><description>No</description></item>
/// <item><term>Input column type</term><description>Text; a missing one is empty, which is start and end token alone</description></item>
/// <item><term>Output column types</term><description>Ids and mask: vectors of Int64 (or Int32) of the context length, 77 for CLIP unless its files say
/// otherwise; optionally a Boolean: whether the text was cut</description></item>
/// <item><term>Saved by <c>mlContext.Model.Save</c></term><description>Yes, with the whole vocabulary; no file is needed to load it</description></item>
/// </list>
/// <para>Row: start token, tokens of the text, end token, padding. A longer text is cut; its end token stays. The mask is 1 up to and including it, and 0 behind, unless the model attends to its
/// padding, as SigLIP does (<see cref="ClipTokenizer.MasksPadding"/>).</para>
/// <para>What the ids are is said at <see cref="ClipTokenizer"/>. No text is refused.</para>
/// </remarks>
public sealed class TokenizeClipTextEstimator : IEstimator<TokenizeClipTextTransformer>
{
    private readonly IHost _host;
    private readonly TokenizeClipTextTransformer _transformer;

    internal TokenizeClipTextEstimator(IHostEnvironment env, ClipTokenizer tokenizer, string inputColumnName, TokenizeClipTextOptions? options)
    {
        ArgumentNullException.ThrowIfNull(env);
        _host = env.Register(nameof(TokenizeClipTextEstimator));
        _transformer = new TokenizeClipTextTransformer(_host, tokenizer, inputColumnName, options ?? TokenizeClipTextOptions.Default);
    }

    /// <summary>Checks the schema; there is nothing to learn from the data.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or is no text.</exception>
    public TokenizeClipTextTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        TextColumn.Find(_host, input.Schema, _transformer.InputColumnName);
        return _transformer;
    }

    /// <summary>What it makes; nothing is fitted.</summary>
    public override string ToString() => _transformer.ToString().Replace(nameof(TokenizeClipTextTransformer), nameof(TokenizeClipTextEstimator), StringComparison.Ordinal);

    /// <inheritdoc />
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        TextColumn.Check(_host, inputSchema, _transformer.InputColumnName);
        var result = inputSchema.ToDictionary(column => column.Name, StringComparer.Ordinal);
        foreach (var column in _transformer.GetOutputColumns())
        {
            result[column.Name] = column.Type is VectorDataViewType vector
                ? new SchemaShape.Column(column.Name, SchemaShape.Column.VectorKind.Vector, vector.ItemType, isKey: false)
                : new SchemaShape.Column(column.Name, SchemaShape.Column.VectorKind.Scalar, column.Type, isKey: false);
        }

        return new SchemaShape(result.Values);
    }
}
