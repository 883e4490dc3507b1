using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;

namespace Microsoft.ML.ModalityGap;

/// <summary>Adds operators to the model that ML.NET's <c>ConvertToOnnx</c> is making.</summary>
/// <remarks>ML.NET writes opsets 9 to 15 and says not which; they do not differ in what is used here.</remarks>
internal sealed class OnnxContextNodes(OnnxContext context) : OnnxNodes(MinimumOpset)
{
    private const string Component = "EmbeddingMap";

    internal override string Add(string operation, string[] inputs, params (string Name, object Value)[] attributes)
    {
        // The type of what stays inside the graph is written nowhere.
        var output = context.AddIntermediateVariable(NumberDataViewType.Single, Component, skip: true);
        Create(operation, inputs, output, attributes);
        return output;
    }

    internal override string Constant(ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) => context.AddInitializer(values.ToArray(), shape.ToArray(), Component, makeUniqueName: true);

    internal override string Constant(ReadOnlySpan<long> values, params ReadOnlySpan<long> shape) => context.AddInitializer(values.ToArray(), shape.ToArray(), Component, makeUniqueName: true);

    /// <summary>Makes a value the one of an output column.</summary>
    internal void Name(string value, DataViewType type, string columnName) =>
        Create("Identity", [value], context.AddIntermediateVariable(type, columnName, skip: false), []);

    private void Create(string operation, string[] inputs, string output, (string Name, object Value)[] attributes)
    {
        var node = context.CreateNode(operation, inputs, [output], context.GetNodeName(operation), "");
        foreach (var (name, value) in attributes)
        {
            if (value is int[] numbers)
                node.AddAttribute(name, numbers.Select(number => (long)number));
            else
                node.AddAttribute(name, Convert.ToInt64(value, null));
        }
    }
}
