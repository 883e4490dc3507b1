using System.Collections.Concurrent;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>From values of some input columns to one vector or number, for any number of threads: rows bound to the model wait in a pool.</summary>
/// <typeparam name="TValue">The output column's type.</typeparam>
internal sealed class ModelEngine<TValue> : IDisposable
{
    private readonly IRowToRowMapper _mapper;
    private readonly DataViewSchema.Column[] _inputs;
    private readonly DataViewSchema.Column _output;
    private readonly ConcurrentBag<Bound> _free = [];
    private volatile bool _disposed;

    /// <param name="mapper">The model, bound to its input.</param>
    /// <param name="inputs">The columns that get values.</param>
    /// <param name="output">The name of the column to read.</param>
    /// <exception cref="InvalidDataException">The output depends on other columns, too.</exception>
    internal ModelEngine(IRowToRowMapper mapper, IReadOnlyList<string> inputs, string output)
    {
        _mapper = mapper;
        _inputs = [.. inputs.Select(name => mapper.InputSchema[name])];
        _output = mapper.OutputSchema[output];
        if (mapper.GetDependencies([_output]).Select(column => column.Name).FirstOrDefault(name => !inputs.Contains(name)) is { } other)
            throw new InvalidDataException($"The column '{output}' of the model depends on the input column '{other}', too; only '{string.Join("', '", inputs)}' has a value here.");
    }

    /// <summary>The column that is read.</summary>
    internal DataViewSchema.Column Output => _output;

    /// <summary>Sets the inputs and reads the output.</summary>
    /// <typeparam name="TResult">What is made of it.</typeparam>
    /// <param name="set">Gives the columns their values, in the order of the inputs.</param>
    /// <param name="read">Copies what is needed of the value, which the next run overwrites.</param>
    internal TResult Run<TResult>(Action<ModelRow, DataViewSchema.Column[]> set, Func<TValue, TResult> read)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(ModalityGapModel));
        if (!_free.TryTake(out var bound))
            bound = new Bound(_mapper, _inputs, _output);
        try
        {
            set(bound.Input, _inputs);
            bound.Input.MoveNext();
            return read(bound.Read());
        }
        finally
        {
            _free.Add(bound);
            if (_disposed)
                Clear();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _disposed = true;
        Clear();
    }

    private void Clear()
    {
        while (_free.TryTake(out var bound))
            bound.Dispose();
    }

    /// <summary>An input row and the output bound to it, for one thread at a time.</summary>
    private sealed class Bound : IDisposable
    {
        private readonly DataViewRow _row;
        private readonly ValueGetter<TValue> _getter;
        private TValue _value = default!;

        internal Bound(IRowToRowMapper mapper, DataViewSchema.Column[] inputs, DataViewSchema.Column output)
        {
            Input = new ModelRow(mapper.InputSchema, inputs);
            _row = mapper.GetRow(Input, [output]);
            _getter = _row.GetGetter<TValue>(output);
        }

        internal ModelRow Input { get; }

        internal TValue Read()
        {
            _getter(ref _value);
            return _value;
        }

        public void Dispose() => _row.Dispose();
    }
}
