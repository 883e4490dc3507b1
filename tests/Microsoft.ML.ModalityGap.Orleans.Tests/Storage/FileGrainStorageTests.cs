using Orleans.Storage;

namespace Microsoft.ML.ModalityGap.Tests.Storage;

[TestClass]
public class FileGrainStorageTests
{
    private static readonly GrainId _grain = GrainId.Create("job", "a");

    [TestMethod]
    public async Task ValueIsReadAsItWasWritten()
    {
        using var folder = new TemporaryFolder();
        var storage = new FileGrainStorage(folder.File("state"));
        var state = new State();
        await storage.ReadStateAsync("job", _grain, state);
        Assert.IsFalse(state.RecordExists);
        state.Value = new JobProgress { State = ClusterJobState.Running, Job = new JobSpecification { Shards = [new JobShard { Files = ["a.npy"] }] }, Shards = [new ShardProgress { Rows = 7 }] };
        await storage.WriteStateAsync("job", _grain, state);
        var read = new State();
        await storage.ReadStateAsync("job", _grain, read);
        Assert.AreEqual((true, ClusterJobState.Running, 7L, "a.npy"), (read.RecordExists, read.Value.State, read.Value.Shards[0].Rows, read.Value.Job!.Shards[0].Files[0]));
        await storage.ClearStateAsync("job", _grain, read);
        await storage.ReadStateAsync("job", _grain, state = new State());
        Assert.IsFalse(state.RecordExists);
    }

    [TestMethod]
    public async Task ValueOfAnActivationThatFellBehind_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var storage = new FileGrainStorage(folder.Path);
        var (first, second) = (new State(), new State());
        await storage.WriteStateAsync("job", _grain, first);
        await storage.ReadStateAsync("job", _grain, second);
        await storage.WriteStateAsync("job", _grain, second);
        await Assert.ThrowsExactlyAsync<InconsistentStateException>(() => storage.WriteStateAsync("job", _grain, first));
        await Assert.ThrowsExactlyAsync<InconsistentStateException>(() => storage.ClearStateAsync("job", _grain, first));
        await storage.ReadStateAsync("job", _grain, first);
        Assert.IsTrue(first.RecordExists);
    }

    [TestMethod]
    public async Task Lock_HeldByAnother_IsAwaitedBesideTheGrainsTurn()
    {
        using var folder = new TemporaryFolder();
        var storage = new FileGrainStorage(folder.Path);
        var state = new State();
        await storage.WriteStateAsync("job", _grain, state);
        Task writing;
        using (new FileStream(Directory.GetFiles(folder.Path, "*.json").Single() + ".lock", FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            writing = storage.WriteStateAsync("job", _grain, state);
            Assert.IsFalse(writing.IsCompleted);
        }

        await writing;
        Assert.AreEqual("2", state.ETag);
    }

    [TestMethod]
    public async Task ValueDamaged_SaysWhichFile()
    {
        using var folder = new TemporaryFolder();
        var storage = new FileGrainStorage(folder.Path);
        await storage.WriteStateAsync("job", _grain, new State());
        var file = Directory.GetFiles(folder.Path, "*.json").Single();
        File.WriteAllText(file, File.ReadAllText(file)[..10]);
        Assert.Contains(file, (await Assert.ThrowsExactlyAsync<InvalidDataException>(() => storage.ReadStateAsync("job", _grain, new State()))).Message);
    }

    private sealed class State : IGrainState<JobProgress>
    {
        [System.Diagnostics.CodeAnalysis.AllowNull]
        JobProgress IGrainState<JobProgress>.State { get => Value; set => Value = value ?? new(); }

        internal JobProgress Value { get; set; } = new();

        public string? ETag { get; set; }

        public bool RecordExists { get; set; }
    }
}
