using System.Reflection;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>
/// A model of one of our transformers, opened by <c>mlContext.Model.Load</c> and applied. What ML.NET's own loader throws of a damaged container is not ours to document; whatever passes through code of ours is.
/// </summary>
internal abstract class TransformerTarget : FuzzTarget
{
    internal override InputShape Shape => ModelShape.Instance;

    /// <summary>The model, fitted on <see cref="Data"/>.</summary>
    protected abstract ITransformer Fit();

    protected virtual IDataView Data => Seeds.Pairs;

    internal override IReadOnlyList<byte[]> CreateSeeds()
    {
        var model = Fit();
        return [Seeds.SaveFile("model.zip", path => Seeds.Context.Model.Save(model, Data.Schema, path))];
    }

    internal override void Read(FuzzInput input)
    {
        ITransformer model;
        try
        {
            model = new MLContext().Model.Load(input.WriteFile("model.zip"), out _);
        }
        catch (Exception exception) when (!IsOurs(exception))
        {
            throw new InvalidDataException($"ML.NET refuses it: {exception.Message}", exception);
        }

        try
        {
            IDataView mapped;
            try
            {
                mapped = model.Transform(Data);
            }
            catch (ArgumentException exception)
            {
                // A model may ask for columns that these data do not have.
                throw new InvalidDataException(exception.Message, exception);
            }

            Seeds.ReadAll(mapped);
        }
        finally
        {
            (model as IDisposable)?.Dispose();
        }
    }

    internal override Exception Unwrap(Exception exception)
    {
        while (exception is TargetInvocationException or AggregateException or InvalidOperationException && exception.InnerException is { } inner)
            exception = inner;
        return exception;
    }

    /// <summary>Whether anything of it was thrown in, or passed through, code of this library.</summary>
    private static bool IsOurs(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if ((exception.StackTrace ?? "").Split('\n').Any(line => line.Contains("Microsoft.ML.ModalityGap.", StringComparison.Ordinal) && !line.Contains("Microsoft.ML.ModalityGap.Fuzz.", StringComparison.Ordinal)))
                return true;
        }

        return false;
    }
}
