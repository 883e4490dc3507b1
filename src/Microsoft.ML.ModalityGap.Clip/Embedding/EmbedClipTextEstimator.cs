using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Makes CLIP embeddings of texts from a model folder laid out as public exports are: <see cref="TokenizeClipTextEstimator"/> with the folder's tokenizer
/// (<see cref="ClipTokenizer.FromFolder"/>), then <see cref="EncodeWithOnnxEstimator"/> with its <c>text_model.onnx</c>, or the text tower of its
/// <c>model.onnx</c>; ONNX files may
/// be in a subfolder <c>onnx</c>.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>Looks at the data to fit</term><description>No</description></item>
/// <item><term>Input column</term><description>Text</description></item>
/// <item><term>Output column</term><description>A vector of Single with the encoder's dimension, as the encoder gives it: not normalised</description></item>
/// <item><term>Exportable to ONNX</term><description>No</description></item>
/// </list>
/// <para>The encoder's input called <c>attention_mask</c> gets the mask; the other, whatever its name, the ids. An encoder without that input gets no
/// mask.</para>
/// </remarks>
public sealed class EmbedClipTextEstimator : EmbedClipEstimator
{
    private const string MaskName = "attention_mask";

    private readonly ClipTokenizer _tokenizer;

    internal EmbedClipTextEstimator(IHostEnvironment env, string outputColumnName, string? inputColumnName, string modelFolder, EmbedClipTextOptions options)
        : base(env, nameof(EmbedClipTextEstimator), outputColumnName, inputColumnName, ClipModelFolder.FindTextEncoder(modelFolder, options.Encoder))
    {
        _tokenizer = ClipTokenizer.FromFolder(modelFolder, options.Tokenizer);
    }

    private protected override (IEstimator<ITransformer> Preparation, IReadOnlyList<OnnxEncoderInput> Inputs) CreatePreparation(string name)
    {
        var inputs = Encoder.GetSignature().Inputs;
        var mask = inputs.FirstOrDefault(input => input.Name == MaskName);
        if (inputs.Where(input => input != mask).ToArray() is not [{ IsFloatingPoint: false, Dimensions: [_, var length] } ids])
        {
            throw new InvalidDataException(
                $"A text encoder has one input of ids, int64 or int32 (batch, length), and perhaps one called {MaskName}, but '{Encoder.ModelPath}' has {string.Join("; ", inputs)}.");
        }

        var tokenizer = length > 0 && _tokenizer.Options.ContextLength is null
            ? _tokenizer.WithOptions(_tokenizer.Options with { ContextLength = length })
            : _tokenizer;
        var (idColumn, maskColumn) = ($"{name}.{ids.Name}", $"{name}.{MaskName}");
        var preparation = new TokenizeClipTextEstimator(
            Host, tokenizer, InputColumnName, new TokenizeClipTextOptions { InputIdsColumnName = idColumn, AttentionMaskColumnName = mask is null ? null : maskColumn });
        return (preparation, mask is null
            ? [new OnnxEncoderInput(ids.Name, idColumn)]
            : [new OnnxEncoderInput(ids.Name, idColumn), new OnnxEncoderInput(MaskName, maskColumn)]);
    }
}
