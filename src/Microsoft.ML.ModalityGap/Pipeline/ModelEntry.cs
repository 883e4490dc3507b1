using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>How a transformer stands in a saved model: ML.NET's header, by which its loader is found, and behind it the content as the transformer's format has it.</summary>
internal static class ModelEntry
{
    internal static void Write(IHost host, ModelSaveContext ctx, VersionInfo version, Action<Stream> writeContent)
    {
        host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel();
        ctx.SetVersionInfo(version);
        ctx.Writer.Flush();
        writeContent(ctx.Writer.BaseStream);
    }

    /// <summary>Checks the header; the stream is then at the content.</summary>
    internal static Stream Open(IHostEnvironment env, ModelLoadContext ctx, VersionInfo version)
    {
        Contracts.CheckValue(env, nameof(env));
        env.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel(version);
        return ctx.Reader.BaseStream;
    }

    /// <summary>The header's only version so far: what changes is the content, whose block has a version of its own.</summary>
    /// <param name="modelSignature">Eight letters.</param>
    /// <param name="loaderSignature">By which the loader is found in its assembly.</param>
    /// <param name="transformer">The transformer; its assembly is named in the model, which is how ML.NET finds it without registration.</param>
    internal static VersionInfo CreateVersion(string modelSignature, string loaderSignature, Type transformer) => new(
        modelSignature: modelSignature,
        verWrittenCur: 0x00010001, // initial
        verReadableCur: 0x00010001,
        verWeCanReadBack: 0x00010001,
        loaderSignature: loaderSignature,
        loaderAssemblyName: transformer.Assembly.FullName);
}
