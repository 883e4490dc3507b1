using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>How a kind of transformer stands in a saved model: ML.NET's header, by which its loader is found, and behind it the content as the transformer's format has it.</summary>
/// <remarks>
/// The model names the assembly of the loader, which is how ML.NET finds it without registration. What stands in another package than this one is loaded by way of
/// <see cref="PackagedComponent"/>, which says what to add where that package is missing; in front of its content are its assembly and its own loader.
/// </remarks>
internal sealed class ModelEntry
{
    private readonly VersionInfo _version;
    private readonly (string Assembly, string Loader)? _packaged;
    private readonly string _transformer;

    /// <summary>An entry whose header has one version so far: what changes is the content, whose block has a version of its own.</summary>
    /// <param name="modelSignature">Eight letters.</param>
    /// <param name="loaderSignature">By which the loader is found in its assembly.</param>
    /// <param name="transformer">The transformer, which stands in the loader's assembly.</param>
    internal ModelEntry(string modelSignature, string loaderSignature, Type transformer)
    {
        var core = typeof(ModelEntry).Assembly;
        _transformer = transformer.Name;
        _packaged = transformer.Assembly == core ? null : (transformer.Assembly.GetName().Name!, loaderSignature);
        _version = new VersionInfo(
            modelSignature: modelSignature,
            verWrittenCur: 0x00010001, // initial
            verReadableCur: 0x00010001,
            verWeCanReadBack: 0x00010001,
            loaderSignature: _packaged is null ? loaderSignature : PackagedComponent.LoaderSignature,
            loaderAssemblyName: core.FullName);
    }

    internal void Write(IHost host, ModelSaveContext ctx, Action<Stream> writeContent)
    {
        host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel();
        ctx.SetVersionInfo(_version);
        if (_packaged is { } packaged)
            PackagedComponent.WriteOrigin(ctx.Writer, packaged.Assembly, packaged.Loader);
        ctx.Writer.Flush();
        writeContent(ctx.Writer.BaseStream);
    }

    /// <summary>Checks the header, and makes a transformer of the content.</summary>
    /// <param name="env">The environment.</param>
    /// <param name="ctx">The model.</param>
    /// <param name="read">Is given the stream at the content.</param>
    /// <exception cref="InvalidDataException">The content is damaged.</exception>
    internal T Read<T>(IHostEnvironment env, ModelLoadContext ctx, Func<Stream, T> read)
    {
        Contracts.CheckValue(env, nameof(env));
        env.CheckValue(ctx, nameof(ctx));
        try
        {
            ctx.CheckVersionInfo(_version);
        }
        catch (FormatException exception)
        {
            throw new InvalidDataException($"The stored {_transformer} is damaged, or of a newer version: {exception.Message}", exception);
        }

        return CheckedBlock.Interpret(_transformer, () => read(ctx.Reader.BaseStream));
    }
}
