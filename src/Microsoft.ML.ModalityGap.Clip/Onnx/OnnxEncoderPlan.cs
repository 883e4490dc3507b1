using Microsoft.ML.OnnxRuntime.Tensors;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Everything about an encoder that is settled when its transformer is made: what is stored, and all that is needed to know the output's schema.
/// </summary>
internal sealed record OnnxEncoderPlan
{
    internal required string OutputColumnName { get; init; }

    internal required string OutputName { get; init; }

    internal required TensorElementType OutputElementType { get; init; }

    internal required int Dimension { get; init; }

    internal required int BatchSize { get; init; }

    /// <summary>Whether the model takes <see cref="BatchSize"/> rows each time, no more and no fewer.</summary>
    internal required bool HasFixedBatch { get; init; }

    internal required int? IntraOpNumThreads { get; init; }

    internal required int? InterOpNumThreads { get; init; }

    internal required OnnxGraphOptimization GraphOptimization { get; init; }

    /// <summary>Whether rows of tokens may lose their padding.</summary>
    internal required bool CutsPadding { get; init; }

    internal required IReadOnlyList<OnnxInputBinding> Inputs { get; init; }

    internal static OnnxEncoderPlan Create(
        IExceptionContext context, OnnxSession session, DataViewSchema schema, string outputColumnName, EncodeWithOnnxOptions options)
    {
        var signature = session.Signature;
        var plan = new OnnxEncoderPlan
        {
            OutputColumnName = outputColumnName,
            OutputName = signature.Output.Name,
            OutputElementType = signature.Output.ElementType,
            Dimension = signature.Dimension ?? 0,
            BatchSize = signature.FixedBatchSize ?? options.BatchSize,
            HasFixedBatch = signature.FixedBatchSize is not null,
            IntraOpNumThreads = options.IntraOpNumThreads,
            InterOpNumThreads = options.InterOpNumThreads,
            GraphOptimization = options.GraphOptimization,
            CutsPadding = options.CutPadding,
            Inputs = [.. signature.Inputs.Select(input => OnnxInputBinding.Create(context, schema, input, FindInput(options.Inputs, input.Name)))],
        };
        return plan.Dimension > 0 ? plan : plan with { Dimension = new OnnxBatch(plan, session, capacity: 1).FindDimension() };
    }

    /// <summary>How an input is fed: as the options say, or from the column of its name.</summary>
    internal static OnnxEncoderInput FindInput(IReadOnlyList<OnnxEncoderInput> inputs, string name) =>
        inputs.FirstOrDefault(input => input.Name == name) ?? new OnnxEncoderInput(name, name);

    /// <summary>Throws if a model that was opened later, from a path, is not the one the plan was made for.</summary>
    internal void Check(OnnxEncoderSignature signature, string model)
    {
        if (signature.Inputs.Select(input => (input.Name, input.ElementType)).SequenceEqual(Inputs.Select(input => (input.Name, input.ElementType)))
            && signature.Inputs.Zip(Inputs).All(pair => pair.First.Dimensions.Skip(1).SequenceEqual(pair.Second.RowShape, OpenOrEqual.Instance))
            && signature.Output.ElementType == OutputElementType && (signature.Dimension ?? Dimension) == Dimension
            && signature.FixedBatchSize == (HasFixedBatch ? BatchSize : null))
        {
            return;
        }

        var inputs = string.Join("; ", Inputs.Select(input => $"'{input.Name}', {OnnxTensor.NameOf(input.ElementType)} (batch, {string.Join(", ", input.RowShape)})"));
        throw new InvalidDataException(
            $"The ONNX model '{model}' has changed since the pipeline was fitted. Expected are the inputs {inputs} and the output '{OutputName}' with {Dimension} dimensions; " +
            $"the file has {string.Join("; ", signature.Inputs)} and {signature.Output}.");
    }

    private sealed class OpenOrEqual : IEqualityComparer<int>
    {
        internal static readonly OpenOrEqual Instance = new();

        public bool Equals(int x, int y) => x == y || x < 0 || y < 0;

        public int GetHashCode(int obj) => 0;
    }
}
