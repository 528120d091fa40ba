# `cmake --install build/release --prefix /usr/local`, `cpack -G DEB|TGZ` in the build folder.
# bin/titanus finds its data in ../share/titanus and torch in ../lib/titanus.
include(GNUInstallDirs)

install(TARGETS titanus RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
set(dataDir ${CMAKE_INSTALL_DATADIR}/titanus)
install(DIRECTORY presets shaders models DESTINATION ${dataDir})
install(DIRECTORY third_party/fonts DESTINATION ${dataDir}/third_party)
install(PROGRAMS tools/convert_clip.py DESTINATION ${dataDir}/tools) # `titanus models convert`
install(FILES README.md LICENSE CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md")
install(FILES packaging/titanus.desktop DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)
install(FILES packaging/io.github.titanus.Titanus.metainfo.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/metainfo)

# What the program tells of itself, so that it cannot go stale: manual page and icon.
set(manualPage ${CMAKE_BINARY_DIR}/titanus.1)
add_custom_command(OUTPUT ${manualPage}
  COMMAND ${PROJECT_SOURCE_DIR}/tools/man_page.sh $<TARGET_FILE:titanus> ${PROJECT_VERSION} ${manualPage}
  DEPENDS titanus tools/man_page.sh VERBATIM)
add_custom_target(manual ALL DEPENDS ${manualPage})
install(FILES ${manualPage} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES packaging/titanus.png DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/256x256/apps)

# Which packages of this system the program needs: for the archive, where no package manager asks.
set(neededPackages ${CMAKE_BINARY_DIR}/needed-packages.txt)
add_custom_command(OUTPUT ${neededPackages}
  COMMAND ${PROJECT_SOURCE_DIR}/tools/needed_packages.sh $<TARGET_FILE:titanus> ${neededPackages}
  DEPENDS titanus tools/needed_packages.sh VERBATIM)
add_custom_target(needed_packages ALL DEPENDS ${neededPackages})
install(FILES ${neededPackages} DESTINATION ${CMAKE_INSTALL_DOCDIR})

# A torch that no package of the system brings (a wheel, an unpacked libtorch) travels along, with
# its licence. Left out: what only Python and torch's own tests load.
if(TITANUS_WITH_TORCH)
  get_filename_component(torchLib "${TORCH_INSTALL_PREFIX}/lib" REALPATH)
  if(NOT torchLib MATCHES "^/usr/(lib|lib64)(/|$)")
    file(GLOB torchLibraries LIST_DIRECTORIES false ${torchLib}/*.so ${torchLib}/*.so.*)
    list(FILTER torchLibraries EXCLUDE REGEX "/lib[^/]*(python|test|custom_ops|backend_with_compiler|shm|global_deps)[^/]*$")
    install(PROGRAMS ${torchLibraries} DESTINATION ${CMAKE_INSTALL_LIBDIR}/titanus)
    file(GLOB torchLicences ${TORCH_INSTALL_PREFIX}/LICENSE ${TORCH_INSTALL_PREFIX}/NOTICE
      ${TORCH_INSTALL_PREFIX}/../torch-*.dist-info/LICENSE ${TORCH_INSTALL_PREFIX}/../torch-*.dist-info/NOTICE
      ${TORCH_INSTALL_PREFIX}/../torch-*.dist-info/licenses/LICENSE ${TORCH_INSTALL_PREFIX}/../torch-*.dist-info/licenses/NOTICE)
    install(FILES ${torchLicences} DESTINATION ${CMAKE_INSTALL_DOCDIR}/torch)
    file(RELATIVE_PATH fromProgram /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR}/titanus)
    set_target_properties(titanus PROPERTIES INSTALL_RPATH "$ORIGIN/${fromProgram}")
    set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${torchLib})
  endif()
endif()

set(CPACK_PACKAGE_NAME titanus)
set(CPACK_PACKAGE_VENDOR Titanus)
set(CPACK_PACKAGE_CONTACT "The Titanus authors <titanus@users.noreply.github.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL OFF)
set(CPACK_DEBIAN_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON) # asks the libraries which packages they are from
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libgl1, libegl1, libgl1-mesa-dri") # SDL opens them by name
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "jackd2, python3")
set(CPACK_GENERATOR "DEB;TGZ")
include(CPack)
