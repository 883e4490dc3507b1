namespace Microsoft.ML.ModalityGap;

/// <summary>The files in which an encoder keeps weights, and what becomes of them when a model made of it is written elsewhere.</summary>
/// <remarks>
/// In the same folder both models share them. In another folder they are copied, under names that begin with the model's, so that they are seen to belong
/// to it and replace no other model's.
/// </remarks>
internal sealed class OnnxExternalWeights
{
    private readonly Dictionary<string, (string Source, string NewName)> _files;
    private readonly bool _copies;

    private OnnxExternalWeights(Dictionary<string, (string Source, string NewName)> files, bool copies)
    {
        _files = files;
        _copies = copies;
    }

    /// <exception cref="FileNotFoundException">A file with weights is missing.</exception>
    /// <exception cref="InvalidDataException">A file with weights is outside the model's folder.</exception>
    internal static OnnxExternalWeights Find(OnnxModelFile model, string newPath)
    {
        var names = new List<string>();
        new OnnxGraphRewriter { Relocate = file => { names.Add(file); return file; } }.Rewrite(model.Graph);
        var copies = Path.GetDirectoryName(Path.GetFullPath(newPath)) != model.Folder;
        var files = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        foreach (var name in names.Distinct(StringComparer.Ordinal))
        {
            var source = Path.GetFullPath(Path.Combine(model.Folder, name));
            if (Path.IsPathRooted(name) || !source.StartsWith(model.Folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                throw new InvalidDataException($"The ONNX model '{model.Path}' keeps weights in '{name}', which is not in its own folder; runtimes refuse that.");
            if (!File.Exists(source))
                throw new FileNotFoundException($"The ONNX model '{model.Path}' keeps weights in the file '{name}' beside it, which does not exist (looked for at '{source}').", source);
            var suffix = files.Count == 0 ? "_data" : $"_data_{files.Count}";
            files.Add(name, (source, copies ? Path.GetFileName(newPath) + suffix : name));
        }

        return new OnnxExternalWeights(files, copies);
    }

    /// <summary>What the new model calls a file.</summary>
    internal string GetNewName(string name) => _files[name].NewName;

    /// <summary>Writes the model and its weights. All are complete beside their places before the first is put there, and the model comes last.</summary>
    internal void WriteWith(string path, ProtobufMessage model)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        (string Source, string NewName)[] copies = _copies ? [.. _files.Values] : [];
        AtomicFile.Write(path, stream =>
        {
            model.WriteTo(stream);
            WriteCopies(folder, copies);
        });
    }

    private static void WriteCopies(string folder, ReadOnlyMemory<(string Source, string NewName)> copies)
    {
        if (copies.IsEmpty)
            return;
        var (source, name) = copies.Span[0];
        AtomicFile.Write(Path.Combine(folder, name), stream =>
        {
            using (var original = InputFile.OpenRead(source))
                original.CopyTo(stream);
            WriteCopies(folder, copies[1..]);
        });
    }
}
