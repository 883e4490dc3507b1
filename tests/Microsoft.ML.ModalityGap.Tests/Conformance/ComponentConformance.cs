using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap.Tests.Conformance;

/// <summary>
/// What every estimator/transformer pair of this library owes ML.NET. Put each new one through <see cref="Check"/>, at options that are not the defaults.
/// </summary>
internal static class ComponentConformance
{
    /// <summary>Checks a pair.</summary>
    /// <param name="createEstimator">Makes the estimator; called several times.</param>
    /// <param name="createData">Makes valid data, the same each time: enough rows for several threads, and at least one column the pair does not touch.</param>
    /// <param name="inputColumns">The columns the pair reads.</param>
    /// <param name="outputColumns">The columns it writes; their values are compared bit for bit.</param>
    public static void Check(
        Func<MLContext, IEstimator<ITransformer>> createEstimator, Func<MLContext, IDataView> createData, string[] inputColumns, string[] outputColumns)
    {
        var context = new MLContext(seed: 7);
        var data = createData(context);
        var transformer = createEstimator(context).Fit(data);
        var output = transformer.Transform(data);
        var expected = ColumnValues.Read(output, outputColumns);
        Assert.AreNotEqual(0, expected.Count, "The conformance data has no rows.");

        CheckPromisedSchema(createEstimator(context), data, output.Schema);
        CheckSameSchema(output.Schema, transformer.GetOutputSchema(data.Schema), "GetOutputSchema(DataViewSchema)");
        CheckUntouchedColumns(data, output, outputColumns);

        CheckSameRows(expected, ColumnValues.Read(output, outputColumns), "a second pass");
        CheckSameRows(expected, ColumnValues.ReadParallel(output, outputColumns), "parallel cursors");
        Assert.IsTrue(transformer.IsRowToRowMapper, "A prediction engine needs a row-to-row mapper.");
        CheckSameRows(expected, ColumnValues.ReadThroughRowMapper(transformer, data, outputColumns), "the row mapper");
        foreach (var (column, i) in outputColumns.Select((column, i) => (column, i)))
            CheckSameRows([.. expected.Select(row => new[] { row[i] })], ColumnValues.Read(output, column), $"only '{column}' active");

        CheckPrint(createEstimator(context), [.. inputColumns, .. outputColumns]);
        CheckPrint(transformer, [.. inputColumns, .. outputColumns]);
        CheckSaveAndLoad(transformer, createData, data.Schema, expected, output.Schema, outputColumns);
        CheckInsideChain(createEstimator, createData, inputColumns, outputColumns, expected);
        CheckRefusals(createEstimator, createData, transformer, inputColumns);
        if (transformer is EmbeddingMapTransformer maps)
            OnnxConformance.Check(context, maps, data);
    }

    /// <summary>Saves in one context and loads in another, where nothing was registered.</summary>
    public static ITransformer SaveAndLoad(ITransformer transformer, DataViewSchema schema, out DataViewSchema loadedSchema)
    {
        using var stream = new MemoryStream();
        new MLContext().Model.Save(transformer, schema, stream);
        stream.Position = 0;
        return new MLContext().Model.Load(stream, out loadedSchema);
    }

    /// <summary>What is printed says what it is: the kind, and a column it reads or writes.</summary>
    private static void CheckPrint(object component, string[] columns)
    {
        // A chain is ML.NET's own.
        if (component is IEnumerable<ITransformer>)
            return;
        var text = component.ToString()!;
        Assert.StartsWith(component.GetType().Name, text);
        Assert.IsTrue(columns.Any(column => text.Contains($"'{column}'", StringComparison.Ordinal)), $"{text} names none of '{string.Join("', '", columns)}'.");
    }

    private static void CheckPromisedSchema(IEstimator<ITransformer> estimator, IDataView data, DataViewSchema delivered)
    {
        var promised = estimator.GetOutputSchema(SchemaShape.Create(data.Schema));
        var actual = SchemaShape.Create(delivered);
        CollectionAssert.AreEquivalent(actual.Select(column => column.Name).ToArray(), promised.Select(column => column.Name).ToArray(), "promised and delivered columns");
        foreach (var column in promised)
        {
            Assert.IsTrue(actual.TryFindColumn(column.Name, out var found));
            Assert.IsTrue(
                column.IsCompatibleWith(found),
                $"Column '{column.Name}' was promised as {column.GetTypeString()} with annotations [{Names(column)}] and delivered as {found.GetTypeString()} with [{Names(found)}].");
        }

        static string Names(SchemaShape.Column column) => string.Join(", ", column.Annotations.Select(annotation => annotation.Name));
    }

    private static void CheckSameSchema(DataViewSchema expected, DataViewSchema actual, string what)
    {
        Assert.AreEqual(expected.Count, actual.Count, $"{what}: number of columns");
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.AreEqual(expected[i].Name, actual[i].Name, what);
            Assert.AreEqual(expected[i].Type, actual[i].Type, $"{what}: type of '{expected[i].Name}'");
            CollectionAssert.AreEqual(
                expected[i].Annotations.Schema.Select(column => column.Name).ToArray(),
                actual[i].Annotations.Schema.Select(column => column.Name).ToArray(),
                $"{what}: annotations of '{expected[i].Name}'");
        }
    }

    private static void CheckUntouchedColumns(IDataView data, IDataView output, string[] outputColumns)
    {
        var untouched = data.Schema.Select(column => column.Name).Except(outputColumns).ToArray();
        Assert.AreNotEqual(0, untouched.Length, "The conformance data needs a column that the pair does not write.");
        CheckSameRows(ColumnValues.Read(data, untouched), ColumnValues.Read(output, untouched), "untouched columns");
        foreach (var name in untouched)
            Assert.AreEqual(data.Schema[name].Type, output.Schema[name].Type, $"type of the untouched column '{name}'");
    }

    private static void CheckSaveAndLoad(
        ITransformer transformer, Func<MLContext, IDataView> createData, DataViewSchema schema, List<object[]> expected, DataViewSchema outputSchema, string[] outputColumns)
    {
        var loaded = SaveAndLoad(transformer, schema, out var loadedSchema);
        Assert.AreEqual(schema.Count, loadedSchema.Count, "columns of the saved schema");

        // A saved model alone comes back as itself, not as a chain around it.
        Assert.AreEqual(transformer.GetType(), loaded.GetType());
        var data = createData(new MLContext());
        CheckSameSchema(outputSchema, loaded.Transform(data).Schema, "the loaded model");
        CheckSameRows(expected, ColumnValues.Read(loaded.Transform(data), outputColumns), "the loaded model");

        using var first = new MemoryStream();
        using var second = new MemoryStream();
        new MLContext().Model.Save(transformer, null, first);
        new MLContext().Model.Save(loaded, null, second);
        Assert.AreEqual(first.Length, second.Length, "size of the model saved again");
    }

    private static void CheckInsideChain(
        Func<MLContext, IEstimator<ITransformer>> createEstimator, Func<MLContext, IDataView> createData, string[] inputColumns, string[] outputColumns, List<object[]> expected)
    {
        var context = new MLContext(seed: 7);
        var data = createData(context);
        var chain = context.Transforms.CopyColumns("ConformanceBefore", inputColumns[0])
            .Append(createEstimator(context))
            .Append(context.Transforms.CopyColumns("ConformanceAfter", outputColumns[0]));
        chain.GetOutputSchema(SchemaShape.Create(data.Schema));
        var model = SaveAndLoad(chain.Fit(data), data.Schema, out _);
        var output = model.Transform(createData(new MLContext()));
        CheckSameRows(expected, ColumnValues.Read(output, outputColumns), "inside a saved chain");
        CheckSameRows([.. expected.Select(row => new[] { row[0] })], ColumnValues.Read(output, "ConformanceAfter"), "what follows in the chain");
    }

    private static void CheckRefusals(
        Func<MLContext, IEstimator<ITransformer>> createEstimator, Func<MLContext, IDataView> createData, ITransformer transformer, string[] inputColumns)
    {
        foreach (var name in inputColumns)
        {
            var context = new MLContext(seed: 7);
            CheckRefused(createEstimator(context), transformer, context.Transforms.DropColumns(name).Fit(createData(context)).Transform(createData(context)), name, "is missing");

            // A date is what no component of this library reads.
            var dates = context.Data.LoadFromEnumerable(new[] { new DateRow() });
            var wrong = context.Transforms.CopyColumns(name, nameof(DateRow.Date)).Fit(dates).Transform(dates);
            foreach (var other in inputColumns.Where(other => other != name))
                wrong = AddConstant(context, wrong, createData(context), other);
            CheckRefused(createEstimator(context), transformer, wrong, name, "is a date");
        }
    }

    /// <summary>Adds a column with the type it has in valid data, so that only the column under test is wrong.</summary>
    private static IDataView AddConstant(MLContext context, IDataView data, IDataView valid, string name)
    {
        var dropped = context.Transforms.DropColumns([.. valid.Schema.Select(column => column.Name).Where(other => other != name).Distinct()]).Fit(valid).Transform(valid);
        return ZipDataView.Create(context, [data, dropped]);
    }

    private static void CheckRefused(IEstimator<ITransformer> estimator, ITransformer transformer, IDataView data, string column, string what)
    {
        var attempts = new (string Name, Action Attempt)[]
        {
            ("the estimator's GetOutputSchema", () => estimator.GetOutputSchema(SchemaShape.Create(data.Schema))),
            ("Fit", () => estimator.Fit(data)),
            ("the transformer's GetOutputSchema", () => transformer.GetOutputSchema(data.Schema)),
            ("Transform", () => transformer.Transform(data)),
        };
        foreach (var (name, attempt) in attempts)
        {
            var exception = Assert.ThrowsExactly<ArgumentOutOfRangeException>(attempt, $"{name} accepts data in which '{column}' {what}.");
            StringAssert.Contains(exception.Message, column, $"{name} does not name the column.");
        }
    }

    private static void CheckSameRows(List<object[]> expected, List<object[]> actual, string what)
    {
        Assert.AreEqual(expected.Count, actual.Count, $"{what}: number of rows");
        for (var row = 0; row < expected.Count; row++)
        {
            for (var column = 0; column < expected[row].Length; column++)
                Assert.IsTrue(ColumnValues.AreEqual(expected[row][column], actual[row][column]), $"{what}: row {row}, column {column} differs.");
        }
    }

    private sealed class DateRow
    {
        public DateTime Date { get; set; } = new(2026, 1, 1);
    }
}
