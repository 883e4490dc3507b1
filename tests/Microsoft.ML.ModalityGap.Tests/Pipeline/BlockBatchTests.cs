using System.Runtime.CompilerServices;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap.Tests.Pipeline;

/// <summary>Blocks that are made while rows before them are taken: that they are, and what becomes of those that fail or that nobody waits for.</summary>
[TestClass]
public class BlockBatchTests
{
    private const int BlockRows = 4;
    private const int FirstAhead = 3 * BlockRows; // begins when row 8 is taken

    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(1);

    [TestMethod]
    public void Block_BehindTheOneThatIsTakenFrom_IsMadeMeanwhile()
    {
        using var begun = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        using var cursor = Open(first => HoldAt(first, begun, gate), out var getter);
        for (var row = 0; row < 50; row++)
        {
            Assert.IsTrue(cursor.MoveNext());
            Assert.AreEqual(row * row, Get(getter));
            if (row == FirstAhead - BlockRows)
                Assert.IsTrue(begun.Wait(_longest), "nothing has begun");
            if (row == FirstAhead - 1)
                gate.Set();
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(2)]
    [DataRow(4)]
    [DataRow(8)]
    [DataRow(12)]
    [DataRow(32)]
    public void Block_ThatFails_IsThrownAtItsFirstRow(int bad)
    {
        using var cursor = Open(first => FailAt(bad, first), out var getter);
        for (var row = 0; row < bad; row++)
        {
            Assert.IsTrue(cursor.MoveNext());
            Assert.AreEqual(row * row, Get(getter));
        }

        Assert.AreEqual($"block {bad}", Assert.ThrowsExactly<InvalidDataException>(() => cursor.MoveNext()).Message);
    }

    [TestMethod]
    public void Dispose_WhileABlockIsMade_WaitsForIt()
    {
        using var begun = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var ended = false;
        var cursor = Open(
            first =>
            {
                HoldAt(first, begun, gate);
                Volatile.Write(ref ended, first == FirstAhead);
            },
            out _);
        MoveToBlockAhead(cursor);
        Assert.IsTrue(begun.Wait(_longest), "nothing has begun");
        var disposed = Task.Run(cursor.Dispose);
        Assert.IsFalse(disposed.IsCompleted);
        gate.Set();
        Assert.IsTrue(disposed.Wait(_longest));
        Assert.IsTrue(Volatile.Read(ref ended));
    }

    [TestMethod]
    public void Dispose_BehindABlockThatFailed_LeavesNoExceptionUnobserved()
    {
        var unobserved = new List<Exception>();
        void Collect(object? sender, UnobservedTaskExceptionEventArgs args)
        {
            lock (unobserved)
                unobserved.AddRange(args.Exception.InnerExceptions.Where(exception => exception.Message == $"block {FirstAhead}"));
        }

        TaskScheduler.UnobservedTaskException += Collect;
        try
        {
            DisposeBeforeFailure();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Collect;
        }

        Assert.IsEmpty(unobserved);
    }

    // In a frame of its own, so that nothing holds the task.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DisposeBeforeFailure()
    {
        using var cursor = Open(first => FailAt(FirstAhead, first), out _);
        MoveToBlockAhead(cursor);
    }

    private static void MoveToBlockAhead(DataViewRowCursor cursor)
    {
        for (var row = 0; row <= FirstAhead - BlockRows; row++)
            Assert.IsTrue(cursor.MoveNext());
    }

    private static void HoldAt(int first, ManualResetEventSlim begun, ManualResetEventSlim gate)
    {
        if (first != FirstAhead)
            return;
        begun.Set();
        if (!gate.Wait(_longest))
            throw new TimeoutException();
    }

    private static void FailAt(int bad, int first)
    {
        if (first == bad)
            throw new InvalidDataException($"block {bad}");
    }

    private static int Get(ValueGetter<int> getter)
    {
        var value = 0;
        getter(ref value);
        return value;
    }

    /// <param name="make">Called with a block's first row while it is made.</param>
    /// <param name="getter">Gives the square of the current row's number.</param>
    private static DataViewRowCursor Open(Action<int> make, out ValueGetter<int> getter)
    {
        var context = new MLContext(seed: 1);
        var data = context.Data.LoadFromEnumerable(Enumerable.Range(0, 50).Select(i => new Row { Number = i }));
        var view = new LookaheadDataView(((IHostEnvironment)context).Register("test"), data, source => new Mapper(source.Schema["Number"], make));
        var column = view.Schema["Square"];
        var cursor = view.GetRowCursor([column]);
        getter = cursor.GetGetter<int>(column);
        return cursor;
    }

    private sealed class Row
    {
        public int Number { get; set; }
    }

    private sealed class Mapper(DataViewSchema.Column input, Action<int> make) : ILookaheadMapper
    {
        public bool Splits => false;

        public bool IsMadeAhead(int output) => true;

        public IReadOnlyList<DataViewSchema.Column> GetInputs(Func<int, bool> activeOutput) => [input];

        public LookaheadBatch CreateBatch(Func<int, bool> activeOutput, bool isAlone) => new Squares(make);

        public Delegate[] CreateGetters(DataViewRow row, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            return new Delegate[1];
        }

        public DataViewSchema.DetachedColumn[] GetOutputColumns() => [new("Square", NumberDataViewType.Int32)];

        public Func<int, bool> GetDependencies(Func<int, bool> activeOutput) => column => column == input.Index;

        public ITransformer GetTransformer() => throw new NotSupportedException();

        public void Save(ModelSaveContext ctx) => throw new NotSupportedException();
    }

    private sealed class Squares : BlockBatch
    {
        private readonly Action<int> _make;
        private readonly int[] _numbers;
        private readonly int[] _squares;

        internal Squares(Action<int> make)
            : base(BlockRows, isAlone: true)
        {
            _make = make;
            _numbers = new int[Window];
            _squares = new int[Window];
        }

        internal override Action<long> CreateReader(DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns)
        {
            var getter = row.GetGetter<int>(columns[0]);
            return number => getter(ref _numbers[GetSlot(number)]);
        }

        internal override Delegate CreateGetter(int output, Func<int> getSlot) => (ValueGetter<int>)((ref int value) => value = _squares[getSlot()]);

        protected override void Compute(int slot, int count)
        {
            _make(_numbers[slot]);
            for (var i = slot; i < slot + count; i++)
                _squares[i] = _numbers[i] * _numbers[i];
        }
    }
}
