// An inline MSBuild task (build/MLNetInternals.targets), compiled by RoslynCodeTaskFactory against netstandard2.0.
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Mono.Cecil;

/// <summary>
/// Writes copies of assemblies for the compiler to read, in which nothing is internal: types and members become public, and
/// what a derived class overrides or constructs through (private protected) becomes protected, so that our overrides need not be public.
/// In assemblies of <see cref="OpenedAssemblies" /> what was protected becomes public, too. Private members stay private; method bodies are kept out of it, since nobody runs the copies.
/// </summary>
public class PublicizeAssemblies : Task
{
    /// <summary>The assemblies to copy.</summary>
    public ITaskItem[] Assemblies { get; set; }

    /// <summary>All references of the compilation; their folders are where Cecil's writer looks for the types it must resolve.</summary>
    public ITaskItem[] References { get; set; }

    /// <summary>Where the copies go, under their own names.</summary>
    public string OutputDirectory { get; set; }

    /// <summary>The names of those whose protected members become public, each between two semicolons.</summary>
    public string OpenedAssemblies { get; set; }

    /// <inheritdoc />
    public override bool Execute()
    {
        Directory.CreateDirectory(OutputDirectory);
        using (var resolver = new DefaultAssemblyResolver())
        {
            foreach (var directory in References.Select(r => Path.GetDirectoryName(r.ItemSpec)).Distinct())
                resolver.AddSearchDirectory(directory);

            foreach (var item in Assemblies)
            {
                using (var assembly = AssemblyDefinition.ReadAssembly(item.ItemSpec, new ReaderParameters { AssemblyResolver = resolver }))
                {
                    var opensProtected = OpenedAssemblies.Contains(";" + assembly.Name.Name + ";");
                    foreach (var type in assembly.MainModule.GetTypes())
                        Publicize(type, opensProtected);

                    // Two builds at once (an IDE's beside a shell's) must never see half a file.
                    var target = Path.Combine(OutputDirectory, Path.GetFileName(item.ItemSpec));
                    var temporary = target + "." + System.Diagnostics.Process.GetCurrentProcess().Id + ".tmp";
                    assembly.Write(temporary);
                    File.Copy(temporary, target, overwrite: true);
                    File.Delete(temporary);
                }
            }
        }

        return !Log.HasLoggedErrors;
    }

    private static void Publicize(TypeDefinition type, bool opensProtected)
    {
        if (type.IsNested)
        {
            if (type.IsNestedFamilyAndAssembly)
                type.IsNestedFamily = true;
            else if (type.IsNestedAssembly || type.IsNestedFamilyOrAssembly || (opensProtected && type.IsNestedFamily))
                type.IsNestedPublic = true;
        }
        else
        {
            type.IsPublic = true;
        }

        foreach (var method in type.Methods)
        {
            if (method.IsFamilyAndAssembly)
                method.IsFamily = true;
            else if (method.IsAssembly || (opensProtected && (method.IsFamily || method.IsFamilyOrAssembly)))
                method.IsPublic = true;
        }

        foreach (var field in type.Fields)
        {
            if (field.IsFamilyAndAssembly)
                field.IsFamily = true;
            else if (field.IsAssembly)
                field.IsPublic = true;
        }
    }
}
