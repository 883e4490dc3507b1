using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(ITransformer), typeof(PackagedComponent), null, typeof(SignatureLoadModel),
    "Component of another package", PackagedComponent.LoaderSignature)]
[assembly: LoadableClass(typeof(IRowMapper), typeof(PackagedComponent), null, typeof(SignatureLoadRowMapper),
    "Component of another package", PackagedComponent.LoaderSignature)]
[assembly: LoadableClass(typeof(IDataTransform), typeof(PackagedComponent), null, typeof(SignatureLoadDataTransform),
    "Component of another package", PackagedComponent.LoaderSignature)]

namespace Microsoft.ML.ModalityGap;

/// <summary>Loads, from a saved model, what stands in a package on top of this one, such as the encoders; or says which package to add.</summary>
/// <remarks>ML.NET itself would only say that it could not load an assembly.</remarks>
internal static class PackagedComponent
{
    internal const string LoaderSignature = "ModalityGapPackaged";

    // Of a name from a file, which decides what is loaded: only our own packages.
    private const string PackagePrefix = "Microsoft.ML.ModalityGap.";

    internal static ITransformer Create(IHostEnvironment env, ModelLoadContext ctx) => Load<ITransformer, SignatureLoadModel>(env, ctx);

    internal static IRowMapper Create(IHostEnvironment env, ModelLoadContext ctx, DataViewSchema schema) => Load<IRowMapper, SignatureLoadRowMapper>(env, ctx, schema);

    internal static IDataTransform Create(IHostEnvironment env, ModelLoadContext ctx, IDataView input) => Load<IDataTransform, SignatureLoadDataTransform>(env, ctx, input);

    internal static void WriteOrigin(BinaryWriter writer, string assembly, string loader)
    {
        writer.Write(assembly);
        writer.Write(loader);
    }

    private static TComponent Load<TComponent, TSignature>(IHostEnvironment env, ModelLoadContext ctx, params object[] arguments) where TComponent : class
    {
        Contracts.CheckValue(env, nameof(env));
        env.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel();
        var (package, loader) = ReadOrigin(ctx.Reader);
        env.ComponentCatalog.RegisterAssembly(LoadAssembly(package));
        return ComponentCatalog.TryCreateInstance<TComponent, TSignature>(env, out var component, loader, "", [ctx, .. arguments])
            ? component
            : throw new InvalidDataException(
                $"The model holds a component '{loader}' that the package {package} does not have in the version referenced here. Take the version the model was saved with, or a later one.");
    }

    private static (string Package, string Loader) ReadOrigin(BinaryReader reader)
    {
        try
        {
            var origin = (Package: reader.ReadString(), Loader: reader.ReadString());
            if (origin.Package.StartsWith(PackagePrefix, StringComparison.Ordinal))
                return origin;
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException)
        {
        }

        throw new InvalidDataException("The model is damaged: it does not say which package one of its components comes from.");
    }

    private static Assembly LoadAssembly(string package)
    {
        try
        {
            return Assembly.Load(package);
        }
        catch (FileNotFoundException e)
        {
            throw new InvalidOperationException(
                $"The model holds a component of the package {package}, which this application does not reference. Add it: dotnet add package {package}", e);
        }
        catch (Exception e) when (e is FileLoadException or BadImageFormatException or ArgumentException)
        {
            throw new InvalidDataException($"The model is damaged: '{package}' is no package.", e);
        }
    }
}
