namespace Microsoft.ML.ModalityGap.RobustnessTests;

/// <summary>What of the writes that were not flushed a disk holds when the power is cut.</summary>
internal enum Unflushed
{
    /// <summary>Nothing of them.</summary>
    Lost,

    /// <summary>The first half of each file's, the last of them torn.</summary>
    Torn,

    /// <summary>All.</summary>
    Kept,
}

/// <summary>
/// The states a disk may be in if the power is cut while a process writes. What was flushed (fsync) is there; of what was not, all, nothing or a part. Names change in the order in which they were changed, as journals
/// keep them: those changed before their folder was flushed are there, and any number of the next. So a file may have its new name before it has its content.
/// </summary>
/// <param name="operations">What the process did.</param>
/// <param name="initial">The files before it, by path.</param>
internal sealed class Disk(IReadOnlyList<DiskOperation> operations, IReadOnlyDictionary<string, byte[]> initial)
{
    internal IReadOnlyList<DiskOperation> Operations => operations;

    /// <summary>All states after the first so many operations: each a function from a path to the content of the file there, or <see langword="null"/> for none.</summary>
    internal IEnumerable<(string Description, Func<string, byte[]?> Read, IReadOnlyCollection<string> Paths)> GetStates(int cut)
    {
        var files = ResolveFiles(cut);
        var names = Enumerable.Range(0, cut).Where(i => operations[i].IsOfNames).ToArray();
        var (durable, pending) = (names.Where(i => IsDurable(i, cut)).ToArray(), names.Where(i => !IsDurable(i, cut)).ToArray());
        for (var kept = 0; kept <= pending.Length; kept++)
        {
            var map = Apply(durable.Concat(pending.Take(kept)).Order(), files);
            foreach (var unflushed in Enum.GetValues<Unflushed>())
            {
                yield return ($"cut behind operation {cut} of {operations.Count}, {kept} of {pending.Length} names kept, unflushed writes {unflushed.ToString().ToLowerInvariant()}",
                    path => map.TryGetValue(path, out var file) ? GetContent(file, files, cut, unflushed) : null, map.Keys);
            }
        }
    }

    /// <summary>What a program that looked at the folder at that time would have seen.</summary>
    internal byte[]? Look(string path, int cut)
    {
        var files = ResolveFiles(cut);
        var map = Apply(Enumerable.Range(0, cut).Where(i => operations[i].IsOfNames), files);
        return map.TryGetValue(path, out var file) ? GetContent(file, files, cut, Unflushed.Kept) : null;
    }

    private bool IsDurable(int operation, int cut)
    {
        var folder = Path.GetDirectoryName(operations[operation].Kind == 'r' ? operations[operation].Target : operations[operation].Path);
        for (var i = operation + 1; i < cut; i++)
        {
            if (operations[i].Kind == 'd' && operations[i].Path == folder)
                return true;
        }

        return false;
    }

    /// <summary>Per key the file it stands for: one that was there, by its path, or a new one.</summary>
    private Dictionary<int, string> ResolveFiles(int cut)
    {
        var files = new Dictionary<int, string>();
        var names = initial.Keys.ToDictionary(path => path, path => path, StringComparer.Ordinal);
        for (var i = 0; i < cut; i++)
        {
            var operation = operations[i];
            if (operation.Kind == 'o' && names.TryGetValue(operation.Path, out var known))
                files[operation.Key] = known;
            else if (operation.Kind == 'c')
                files[operation.Key] = $"new {operation.Key}";
            if (operation.IsOfNames)
                Change(names, operation, files);
        }

        return files;
    }

    private Dictionary<string, string> Apply(IEnumerable<int> changes, Dictionary<int, string> files)
    {
        var names = initial.Keys.ToDictionary(path => path, path => path, StringComparer.Ordinal);
        foreach (var i in changes)
            Change(names, operations[i], files);
        return names;
    }

    private static void Change(Dictionary<string, string> names, DiskOperation operation, Dictionary<int, string> files)
    {
        switch (operation.Kind)
        {
            case 'c':
                names[operation.Path] = files[operation.Key];
                break;
            case 'u':
                names.Remove(operation.Path);
                break;
            default:
                if (names.Remove(operation.Path, out var file))
                    names[operation.Target] = file;
                break;
        }
    }

    private byte[] GetContent(string file, Dictionary<int, string> files, int cut, Unflushed unflushed)
    {
        var (content, pending) = (initial.TryGetValue(file, out var before) ? before : [], new List<DiskOperation>());
        for (var i = 0; i < cut; i++)
        {
            var operation = operations[i];
            if (operation.Kind is not ('w' or 't' or 's') || !files.TryGetValue(operation.Key, out var of) || of != file)
                continue;
            if (operation.Kind != 's')
            {
                pending.Add(operation);
                continue;
            }

            content = pending.Aggregate(content, Write);
            pending.Clear();
        }

        if (unflushed == Unflushed.Lost || pending.Count == 0)
            return content;
        if (unflushed == Unflushed.Kept)
            return pending.Aggregate(content, Write);
        var half = pending.Count / 2;
        content = pending.Take(half).Aggregate(content, Write);
        return pending[half] is { Kind: 'w' } torn ? Write(content, torn with { Data = torn.Data[..(torn.Data.Length / 2)] }) : content;
    }

    private static byte[] Write(byte[] content, DiskOperation operation)
    {
        if (operation.Kind == 't')
        {
            Array.Resize(ref content, (int)operation.Offset);
            return content;
        }

        var result = new byte[Math.Max(content.Length, operation.Offset + operation.Data.Length)];
        content.CopyTo(result, 0);
        operation.Data.CopyTo(result, operation.Offset);
        return result;
    }
}
