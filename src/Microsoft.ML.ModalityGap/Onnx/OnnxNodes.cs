namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Where ONNX operators are put: into a model of ours (<see cref="OnnxModelBuilder"/>) or one that ML.NET is exporting (<see cref="OnnxContextNodes"/>). All values are float32 of shape (batch, d); they are known by name.
/// </summary>
/// <param name="opset">The version of the operators.</param>
internal abstract class OnnxNodes(int opset)
{
    /// <summary>The first opset with all operators that are used, on the types they are used on.</summary>
    internal const int MinimumOpset = 9;

    /// <summary>The newest opset models are written in; appending to a model of a newer one is no matter, as these operators are settled.</summary>
    internal const int MaximumOpset = 21;

    // Smallest normal float: what is added to a norm, so that a zero row is not divided by zero.
    private const float Tiny = 1.17549435e-38f;

    // Where squares are sure to stay in float's range, with room for rows that are much shorter than they might be.
    private const double SmallestSafeNorm = 1e-6, LargestSafeNorm = 1e15;

    // From here on the reductions take their axes as an input rather than an attribute.
    private const int OpsetOfAxesAsInput = 18;

    private string? _tiny;
    private string? _axes;

    /// <summary>The version of the operators.</summary>
    internal int Opset { get; } = opset;

    /// <summary>Adds an operator with one output, and returns its name.</summary>
    internal abstract string Add(string operation, string[] inputs, params (string Name, object Value)[] attributes);

    /// <summary>Adds a constant of float32.</summary>
    internal abstract string Constant(ReadOnlySpan<float> values, params ReadOnlySpan<long> shape);

    /// <summary>Adds a constant of int64.</summary>
    internal abstract string Constant(ReadOnlySpan<long> values, params ReadOnlySpan<long> shape);

    /// <summary>Adds <c>y = x / ‖x‖</c> per row, which leaves a zero row zero. NaN and infinity come out as NaN throughout.</summary>
    /// <param name="input">The rows.</param>
    /// <param name="largestNorm">The largest norm they can have.</param>
    /// <remarks>
    /// Squares of values around 1e±20 leave float's range; rows that may be such are divided by the sum of their magnitudes first. A sum is never so small
    /// that the smallest number added to it would show, except where it is zero.
    /// </remarks>
    internal string AddL2Normalize(string input, double largestNorm)
    {
        var rows = largestNorm is > SmallestSafeNorm and < LargestSafeNorm ? input : Add("Div", [input, AddTiny(AddReduce("ReduceL1", input))]);
        return Add("Div", [rows, AddTiny(AddReduce("ReduceL2", rows))]);
    }

    /// <summary>Adds the same for rows that need a direction: a zero row becomes NaN.</summary>
    internal string AddUnitRows(string input)
    {
        var scaled = Add("Div", [input, AddReduce("ReduceL1", input)]);
        return Add("Div", [scaled, AddReduce("ReduceL2", scaled)]);
    }

    /// <summary>Adds x Mᵀ for rows x and a matrix of rows×columns values.</summary>
    internal string AddProduct(string input, ReadOnlySpan<float> matrix, int rows, int columns)
    {
        var transposed = new float[matrix.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
                transposed[(column * rows) + row] = matrix[(row * columns) + column];
        }

        return Add("MatMul", [input, Constant(transposed, columns, rows)]);
    }

    /// <summary>Adds the k largest values of each row, largest first, of equal ones the first, and where they are.</summary>
    /// <exception cref="NotSupportedException">The graph cannot take an operator with two outputs.</exception>
    internal virtual (string Values, string Places) AddLargest(string input, int count) => throw new NotSupportedException(
        "ML.NET's ConvertToOnnx cannot write the nearest queries of a bank (LocalScaling). Export with SaveAsOnnx, or correct hubs by an inverted softmax.");

    private string AddTiny(string input) => Add("Add", [input, _tiny ??= Constant([Tiny], 1)]);

    /// <summary>Adds what reduces each row to one value, such as <c>ReduceMax</c>: of shape (batch, 1).</summary>
    internal string AddReduce(string operation, string input)
    {
        if (Opset < OpsetOfAxesAsInput)
            return Add(operation, [input], ("axes", (int[])[1]), ("keepdims", 1));
        _axes ??= Constant((ReadOnlySpan<long>)[1L], 1);
        return Add(operation, [input, _axes], ("keepdims", 1));
    }
}
