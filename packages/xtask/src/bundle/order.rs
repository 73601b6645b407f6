//! Names for the functions of a module that sort in the order in which they compress best ([`likeness`]).
//!
//! Whoever moves functions must change every place that calls them or points to them; wasm-opt does that, by name.

use wasm_encoder::{Encode as _, NameMap, NameSection, Section as _};
use wasmparser::{BinaryReaderError, Parser, Payload, TypeRef};

use super::likeness;

/// Width of the longest number of a function there can be.
const DIGITS: usize = 10;

/// The module with a name section that names each function by its place; `module` has no such section.
pub(super) fn named_by_place(module: &[u8]) -> Result<Vec<u8>, BinaryReaderError> {
    let (imported, bodies) = functions(module)?;
    let mut places: Vec<(usize, usize)> =
        likeness::order(&bodies).into_iter().enumerate().map(|(place, function)| (function, place)).collect();
    places.sort_unstable();
    let mut names = NameMap::new();
    for (number, (_, place)) in (imported..).zip(places) {
        names.append(number, &format!("{place:0DIGITS$}"));
    }
    let mut section = NameSection::new();
    section.functions(&names);
    let mut named = module.to_vec();
    named.push(section.id());
    section.encode(&mut named);
    Ok(named)
}

/// How many functions are imported, which takes the first numbers, and the code of the others.
fn functions(module: &[u8]) -> Result<(u32, Vec<&[u8]>), BinaryReaderError> {
    let mut imported = 0;
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    Ok((imported, bodies))
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        CodeSection, EntityType, Function, FunctionSection, ImportSection, Module, TypeSection,
    };
    use wasmparser::{KnownCustom, Name};

    use super::*;

    /// One import and three functions, of which the first and the last are equal.
    fn module() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        imports.import("page", "tell", EntityType::Function(0));
        let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
        for number in [70_000, 900, 70_000] {
            functions.function(0);
            let mut body = Function::new([]);
            for step in 0..20 {
                body.instructions().i32_const(number * step).drop();
            }
            body.instructions().end();
            code.function(&body);
        }
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&code);
        module.finish()
    }

    #[test]
    fn every_function_of_the_module_is_named_by_its_place_and_no_imported_one() {
        let named = named_by_place(&module()).unwrap();
        assert_eq!(named[..module().len()], module());
        let mut names = Vec::new();
        for payload in Parser::new(0).parse_all(&named) {
            let Payload::CustomSection(section) = payload.unwrap() else { continue };
            let KnownCustom::Name(subsections) = section.as_known() else { continue };
            for subsection in subsections {
                let Name::Function(map) = subsection.unwrap() else { continue };
                names.extend(map.into_iter().map(|name| name.unwrap()).map(|name| (name.index, name.name)));
            }
        }
        let (functions, places): (Vec<_>, Vec<_>) = names.into_iter().unzip();
        assert_eq!(functions, [1, 2, 3]);
        assert_eq!(places, ["0000000000", "0000000002", "0000000001"]);
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(named_by_place(b"no module").is_err());
    }
}
